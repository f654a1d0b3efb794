using Orrery.Resources;
using Orrery.Resources.Models;

namespace Orrery.Control.Models;

/// <summary>
/// Brings models' files to a machine and keeps them there. Level-triggered: asked the same thing again it goes on with what it does.
/// In this process on one machine; one per node on a cluster.
/// </summary>
public interface IModelAgent
{
    /// <summary>Where the model stands. Starts what has to be started, gives up what is not wanted any more, and waits for nothing.</summary>
    ModelArrival Look(ModelRequest request);

    /// <summary>The model is gone: what runs for it ends, and its files go unless others share them.</summary>
    void Forget(ResourceKey model);

    /// <summary>Models that stand differently than before; first all whose files are here. Progress alone is told every few seconds at most.</summary>
    IAsyncEnumerable<ResourceKey> WatchAsync(CancellationToken ct);
}

/// <summary>A model, or weights that change one, whose files are wanted.</summary>
/// <param name="InUse">A service names it: its files are never removed to make room.</param>
/// <param name="Generation">Of the spec: with another one, what failed is tried again at once.</param>
public sealed record ModelRequest(ResourceKey Key, ModelSpec Spec, bool InUse, ModelWishes Wishes, long? Generation = null);

/// <summary>What a model's annotations ask of the agent.</summary>
/// <param name="Pinned">Its files are never removed to make room.</param>
/// <param name="Priority">Higher goes first where downloads wait.</param>
/// <param name="PulledAt">Somebody asked for the files then, also if they were removed before. Null: nobody did.</param>
public sealed record ModelWishes(bool Pinned = false, int Priority = 0, DateTimeOffset? PulledAt = null)
{
    public const string PinnedAnnotation = "orrery.dev/pinned", PriorityAnnotation = "orrery.dev/priority", PulledAnnotation = "orrery.dev/pulled";

    public static ModelWishes Of(IReadOnlyDictionary<string, string>? annotations) => new(
        annotations?.GetValueOrDefault(PinnedAnnotation) == "true",
        int.TryParse(annotations?.GetValueOrDefault(PriorityAnnotation), out int priority) ? priority : 0,
        DateTimeOffset.TryParse(
            annotations?.GetValueOrDefault(PulledAnnotation), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var pulled) ? pulled : null);
}

/// <summary>Where a model's files are, or how far they are on their way.</summary>
public abstract record ModelArrival
{
    private ModelArrival()
    {
    }

    /// <summary>All files are here and were checked.</summary>
    /// <param name="Path">What engines open: a folder or a file.</param>
    /// <param name="Bytes">Of all files.</param>
    /// <param name="UnsharedBytes">What would come free if the model were deleted: its files of all versions, without what other models have too.</param>
    /// <param name="Revision">In the origin's words; null: it has no such thing.</param>
    /// <param name="Digest">Over names and contents of all files.</param>
    /// <param name="Remark">What else there is to say; empty: nothing.</param>
    public sealed record Here(string Path, long Bytes, long UnsharedBytes, string? Revision, string Digest, string Remark = "") : ModelArrival;

    /// <param name="Reason">One word: <c>Waiting</c>, <c>Listing</c>, <c>Downloading</c> or <c>Verifying</c>.</param>
    /// <param name="Progress">Null: not known yet.</param>
    /// <param name="Message">For people; the last trouble where something is tried again.</param>
    public sealed record OnItsWay(string Reason, DownloadStatus? Progress, string Message) : ModelArrival;

    /// <param name="Reason">One word.</param>
    /// <param name="Message">Names what was asked for, what is wrong and the next step.</param>
    /// <param name="RetryAfter">When it is tried again by itself; null: only when the spec changes.</param>
    public sealed record Failed(string Reason, string Message, TimeSpan? RetryAfter) : ModelArrival;

    /// <summary>The files were here and are not, as they should be.</summary>
    public sealed record Absent(string Reason, string Message) : ModelArrival;
}
