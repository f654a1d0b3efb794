using System.Globalization;
using System.Text;
using Orrery.Cli.Output;
using Orrery.Control.Accelerators;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;

namespace Orrery.Cli.Explaining;

/// <summary>A decision for people, in lines that are indented by two spaces. Pure.</summary>
internal static class ExplanationText
{
    public static string Of(Explanation explanation)
    {
        var text = new StringBuilder($"  model: {explanation.Model.Kind} '{explanation.Model.Name}' ({Facts(explanation.Facts)})\n");
        if (explanation.Winner is { } winner)
        {
            text.Append($"  runtime: {winner.Verdict.Runtime}, {(explanation.Asked is null ? "chosen" : "asked for")}\n");
            text.Append($"    score: {winner.Verdict.Format!.Score}, by supportedModelFormats[{winner.Verdict.BestFormat}]\n");
            foreach (string warning in winner.Verdict.Warnings())
                text.Append($"    unchecked: {warning}\n");
            Room(text, winner.Room!);
        }
        else
        {
            text.Append($"  runtime: none{(explanation.Asked is null ? "" : $"; {explanation.Problem}")}\n");
        }
        foreach (var other in explanation.Others)
        {
            text.Append($"  not {other.Verdict.Runtime}:\n");
            foreach (string reason in SelectionReport.Reasons(other.Verdict, explanation.Winner?.Verdict))
                text.Append($"    - {reason}\n");
            if (other.Room is { } room)
                Room(text, room);
        }
        return text.ToString();
    }

    private static void Room(StringBuilder text, RoomForModel room)
    {
        text.Append(CultureInfo.InvariantCulture, $"    room: {(!room.HasRoom ? "none" : room.Condition.Reason == "Fits" ? "it fits" : "unchecked")}: {room.Condition.Message}\n");
        foreach (var rejected in room.Accelerators is AcceleratorDecision.Chosen ? room.Accelerators.Rejected : [])
            text.Append($"      not {rejected.Name}: {string.Join("; ", rejected.Reasons)}\n");
    }

    private static string Facts(ModelFacts facts)
    {
        List<string> parts =
        [
            $"format {facts.Format?.Name ?? "unknown"}", $"architecture {facts.Architecture ?? facts.ModelType ?? "unknown"}", $"quantization {facts.Quantization ?? "unknown"}",
        ];
        if (facts.Framework is { } framework)
            parts.Insert(1, $"framework {framework.Name}{(framework.Version is { } version ? $" {version}" : "")}");
        if (facts.Parameters is { } count)
            parts.Add($"{Orrery.Resources.Models.ParameterSize.Text(count)} weights");
        if (facts.WeightBytes is { } bytes)
            parts.Add(Quantity.Bytes(bytes));
        return string.Join(", ", parts);
    }
}
