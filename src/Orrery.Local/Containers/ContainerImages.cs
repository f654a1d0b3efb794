namespace Orrery.Local.Containers;

/// <summary>Why an image is not there yet.</summary>
/// <param name="Reason">As a pod shows it.</param>
internal sealed record ImageNeed(string Reason, string Message);

/// <summary>Fetches images beside the start of replicas: gigabytes take longer than any replica may take to start. Those who wait ask again.</summary>
internal sealed class ContainerImages(CallTool call, TimeProvider time, CancellationToken stop)
{
    private const string Waiting = "ContainerCreating";
    private const int AtOnce = 2;
    private static readonly TimeSpan LookBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PullBound = TimeSpan.FromHours(4);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    // Of an image that is to be asked for at each start: within this time one answer serves the start that waited for it.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    // One for each image that replicas wait for; what is over and old is dropped.
    private readonly Dictionary<string, Pull> _pulls = new(StringComparer.Ordinal);

    /// <param name="EndedAt">Null: it goes on.</param>
    private sealed record Pull(ToolAnswer? Answer, long? EndedAt);

    /// <param name="policy"><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</param>
    /// <returns>Null: it is here.</returns>
    public async Task<ImageNeed?> NeedAsync(ContainerEngine engine, string image, string policy, CancellationToken ct)
    {
        lock (_lock)
        {
            foreach (var (old, _) in _pulls.Where(p => p.Value.EndedAt is { } at && time.GetElapsedTime(at) >= (p.Value.Answer!.Code == 0 ? Fresh : RetryAfter)).ToList())
                _pulls.Remove(old);
            switch (_pulls.GetValueOrDefault(image))
            {
                case { EndedAt: null }:
                    return Fetching(engine, image);
                case { Answer.Code: not 0 } failed:
                    return new ImageNeed("ErrImagePull", $"{engine.Name} cannot fetch the image {image}: {failed.Answer.Why}; it is tried again");
                case { } when policy == "Always":
                    return null;
            }
        }
        if (policy != "Always")
        {
            var seen = await call(engine.Call("image", "inspect", "--format", "{{.Id}}", image), LookBound, ct);
            if (seen.Code == 0)
                return null;
            if (seen.Code is null)
                return new ImageNeed("ImageInspectError", $"{engine.Name} does not say whether it has the image {image}: {seen.Why}");
            if (policy == "Never")
                return new ImageNeed("ErrImageNeverPull", $"{engine.Name} does not have the image {image}, and imagePullPolicy is Never; load it, or let it be fetched");
        }
        lock (_lock)
        {
            if (_pulls.ContainsKey(image))
                return Fetching(engine, image);
            if (_pulls.Values.Count(p => p.EndedAt is null) >= AtOnce)
                return new ImageNeed(Waiting, $"{engine.Name} fetches {AtOnce} other images before the image {image}");
            _pulls.Add(image, new Pull(null, null));
            _ = Task.Run(() => PullAsync(engine, image), CancellationToken.None);
        }
        return Fetching(engine, image);
    }

    private static ImageNeed Fetching(ContainerEngine engine, string image) => new(Waiting, $"{engine.Name} fetches the image {image}");

    private async Task PullAsync(ContainerEngine engine, string image)
    {
        ToolAnswer answer;
        try
        {
            answer = await call(engine.Call("pull", "--quiet", image), PullBound, stop);
        }
        catch (Exception e)
        {
            answer = new ToolAnswer(null, "", e.Message);
        }
        lock (_lock)
            _pulls[image] = new Pull(answer, time.GetTimestamp());
    }
}
