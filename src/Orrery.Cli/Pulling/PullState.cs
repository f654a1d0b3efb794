using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Control.Models;
using Orrery.Resources;
using Orrery.Resources.Models;

namespace Orrery.Cli.Pulling;

/// <summary>Where a pulled model stands, by its status. Pure.</summary>
internal abstract record PullState
{
    // An agent that has not looked yet leaves what an earlier try said.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private PullState()
    {
    }

    /// <param name="What">One word: <c>Waiting</c>, <c>Downloading</c> and so on.</param>
    /// <param name="Progress">Null: not known yet.</param>
    internal sealed record OnItsWay(string What, DownloadStatus? Progress, string Message) : PullState;

    internal sealed record Ready(ModelStatus Status) : PullState;

    internal sealed record Failed(string Message) : PullState;

    /// <param name="model">As the server has it now.</param>
    /// <param name="asked">When it was pulled.</param>
    public static PullState Of(JsonObject model, DateTimeOffset asked, DateTimeOffset now)
    {
        var status = model["status"]?.Deserialize(ResourceJson.Default.ModelStatus);
        bool isOld = status?.ObservedGeneration != (long?)model["metadata"]?["generation"];
        if (status is null || isOld)
            return new OnItsWay("Waiting", null, "");
        if (status.State == "Ready")
            return new Ready(status);
        var arrived = status.Conditions.Find(ArrivalStatus.Arrived);
        var ready = status.Conditions.Find(Conditions.Ready);
        if (status.State == "In_Transit")
            return new OnItsWay(arrived?.Reason ?? "Waiting", status.Download, arrived?.Message ?? "");
        bool isEarlier = ready?.LastTransitionTime < asked.AddSeconds(-1) && now - asked < Grace;
        return isEarlier ? new OnItsWay("Waiting", null, "") : new Failed(ready?.Message is { Length: > 0 } message ? message : $"its state is {status.State}");
    }

    /// <summary>What a line says of it; lines with the same text are said once.</summary>
    public static string Line(OnItsWay way) => string.Create(CultureInfo.InvariantCulture, $"{way.What}{(way.Progress is { } p ? $": {Tens(p)} % of {Output.Quantity.Bytes(p.TotalBytes)}" : "")}{(way.Message.Length > 0 ? $" ({way.Message})" : "")}");

    private static long Tens(DownloadStatus progress) => progress.TotalBytes == 0 ? 100 : progress.CompletedBytes * 10 / progress.TotalBytes * 10;
}
