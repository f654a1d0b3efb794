using System.Text.Json.Nodes;
using Orrery.Control.Fitting;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;

namespace Orrery.Cli.Explaining;

/// <summary>A decision for programs: nothing is cut. Pure.</summary>
internal static class ExplanationJson
{
    public static JsonObject Of(Explanation explanation) => new()
    {
        ["model"] = Present(new JsonObject
        {
            ["kind"] = explanation.Model.Kind, ["name"] = explanation.Model.Name, ["format"] = explanation.Facts.Format?.Name, ["framework"] = explanation.Facts.Framework?.Name,
            ["architecture"] = explanation.Facts.Architecture, ["modelType"] = explanation.Facts.ModelType, ["quantization"] = explanation.Facts.Quantization,
            ["parameters"] = explanation.Facts.Parameters, ["weightBytes"] = explanation.Facts.WeightBytes, ["kvBytesPerToken"] = explanation.Facts.KvCache?.BytesPerToken,
            ["contextTokens"] = explanation.Question.ContextTokens, ["sequences"] = explanation.Question.Sequences,
        }),
        ["runtime"] = explanation.Winner?.Verdict.Runtime.Name,
        ["message"] = explanation.Problem,
        ["candidates"] = new JsonArray(
        [
            .. explanation.Winner is { } winner ? [Candidate(winner, "chosen", [])] : Array.Empty<JsonObject>(),
            .. explanation.Others.Select(o => Candidate(o, o.Verdict.Fits ? "outranked" : "rejected", SelectionReport.Reasons(o.Verdict, explanation.Winner?.Verdict))),
        ]),
    };

    private static JsonObject Candidate(ExplainedCandidate candidate, string verdict, IReadOnlyList<string> reasons) => Present(new JsonObject
    {
        ["kind"] = candidate.Verdict.Runtime.Kind, ["name"] = candidate.Verdict.Runtime.Name, ["verdict"] = verdict,
        ["score"] = candidate.Verdict.Fits ? candidate.Verdict.Score : null,
        ["reasons"] = Texts(reasons),
        ["unchecked"] = Texts(candidate.Verdict.Warnings()),
        ["formats"] = new JsonArray([.. candidate.Verdict.Formats.Select((f, i) => (JsonNode)Format(f, i))]),
        ["room"] = candidate.Room is { } room ? Room(room) : null,
    });

    private static JsonObject Format(FormatVerdict format, int index) => new JsonObject
    {
        ["format"] = $"supportedModelFormats[{index}]", ["fits"] = format.Fits, ["score"] = format.Score.Total, ["scoreBreakdown"] = format.Score.ToString(),
        ["findings"] = Texts(format.Findings.Select(f => f.ToString())),
    };

    private static JsonObject Room(RoomForModel room) => Present(new JsonObject
    {
        ["hasRoom"] = room.HasRoom,
        ["message"] = room.Condition.Message,
        ["on"] = room.Fit?.Status()?.On,
        ["weightBytes"] = room.Fit?.Status()?.WeightBytes,
        ["cacheBytes"] = room.Fit?.Status()?.CacheBytes,
        ["overheadBytes"] = room.Fit?.Status()?.OverheadBytes,
        ["usableBytes"] = room.Fit?.Status()?.UsableBytes,
        ["missingBytes"] = room.Fit?.Status()?.MissingBytes,
        ["advice"] = room.Fit is FitResult.TooLarge large ? Texts(large.Advice) : null,
        ["tensorParallelSize"] = room.Fit?.Status()?.TensorParallelSize,
        ["pipelineParallelSize"] = room.Fit?.Status()?.PipelineParallelSize,
        ["nodes"] = room.Fit?.Status()?.Nodes,
        ["accelerator"] = room.Selected?.AcceleratorClass,
        ["rejectedAccelerators"] = room.Accelerators is { } accelerators
            ? new JsonArray([.. accelerators.Rejected.Select(r => (JsonNode)new JsonObject { ["name"] = r.Name, ["reasons"] = Texts(r.Reasons) })])
            : null,
    });

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    /// <summary>Without the fields that nothing is known of.</summary>
    private static JsonObject Present(JsonObject json)
    {
        foreach (string absent in json.Where(f => f.Value is null).Select(f => f.Key).ToList())
            json.Remove(absent);
        return json;
    }
}
