using Orrery.Control.Accelerators;
using Orrery.Control.Places;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Runtimes;

/// <summary>Everything that a runtime is held against as a whole, whatever the format. All of it is looked at, always. Pure.</summary>
internal static class RuntimePredicates
{
    private const string GatewayProtocol = "openAI";

    public static RuntimeVerdict Judge(SelectionQuestion question, RuntimeCandidate runtime, bool needsAutoSelect)
    {
        var (model, spec) = (question.Model, runtime.Spec);
        List<Finding>? findings = null;

        if (runtime.Problem is { } problem)
            Against(ref findings, "inheritsFrom", problem);
        if (spec.Disabled == true)
            Against(ref findings, "disabled", "it is disabled");
        if ((question.Place ?? ServingPlace.Processes).ReasonAgainst(spec) is { } form)
            Against(ref findings, "form", form);
        else if (question.Place is { Programs: not null } place && place.IsUnseen(spec) is { } unseen)
            FormatPredicates.Add(ref findings, new Finding("form", FindingKind.Note, unseen));
        if (spec.ProtocolVersions is { Count: > 0 } protocols && !protocols.Contains(GatewayProtocol))
            Against(ref findings, "protocol", $"protocol: it speaks {string.Join(", ", protocols)}, the gateway {GatewayProtocol}");
        Capabilities(ref findings, spec.ModelCapabilities, model, question.Place?.Capabilities);
        Accelerators(ref findings, question, spec.AcceleratorRequirements);
        double width = Size(ref findings, spec.ModelSizeRange, model.Parameters);

        var formats = spec.SupportedModelFormats ?? [];
        if (formats.Count == 0)
            Against(ref findings, "format", "spec.supportedModelFormats is empty");
        var verdicts = new FormatVerdict[formats.Count];
        for (int i = 0; i < verdicts.Length; i++)
            verdicts[i] = FormatPredicates.Judge(model, formats[i], needsAutoSelect);
        return new RuntimeVerdict(runtime, findings ?? (IReadOnlyList<Finding>)[], verdicts, width);
    }

    private static void Against(ref List<Finding>? findings, string aspect, string text) => FormatPredicates.Add(ref findings, new Finding(aspect, FindingKind.Against, text));

    /// <param name="served">By the runtime. Null or empty: anything.</param>
    /// <param name="heard">What clients can ask for here. Null: anything.</param>
    private static void Capabilities(ref List<Finding>? findings, IReadOnlyList<string>? served, ModelFacts model, IReadOnlyList<string>? heard)
    {
        // Tools are a way of asking for text, not a thing of their own to serve.
        var has = model.Capabilities.Where(c => c != "TOOLS").ToList();
        var asked = has.Where(c => heard is null || heard.Any(h => Capability.IsSame(h, c))).ToList();
        if (has.Count > 0 && asked.Count == 0)
            Against(ref findings, "capabilities", $"capabilities: the model has {string.Join(", ", has)}, and this home takes requests for {string.Join(", ", heard!)} alone");
        if (served is not { Count: > 0 })
            return;
        if (model.Capabilities.Count == 0)
        {
            FormatPredicates.Add(ref findings, new Finding("capabilities", FindingKind.Unchecked, string.Join(", ", served)));
            return;
        }
        var missing = has.Where(c => !served.Any(s => Capability.IsSame(s, c))).ToList();
        if (missing.Count > 0 && (missing.Count == has.Count || (asked.Count > 0 && asked.All(missing.Contains))))
            FormatPredicates.Add(ref findings, new Finding("capabilities", FindingKind.Differs, string.Join(", ", served), string.Join(", ", model.Capabilities)));
        else if (missing.Count > 0)
            FormatPredicates.Add(ref findings, new Finding("capabilities", FindingKind.Note, $"capabilities: the runtime does not serve the model's {string.Join(", ", missing)}"));
    }

    private static void Accelerators(ref List<Finding>? findings, SelectionQuestion question, AcceleratorRequirements? wanted)
    {
        if (wanted?.AcceleratorClasses is { Count: > 0 } classes)
        {
            foreach (string asked in question.AcceleratorClasses.Where(a => !classes.Contains(a)))
                Against(ref findings, "accelerator", $"accelerator: the service asks for {asked}, the runtime is made for {string.Join(", ", classes)}");
        }
        if (wanted is null || !AcceleratorDemand.IsAny(wanted))
            return;
        if (question.Place?.Accelerators is not { } offers)
            FormatPredicates.Add(ref findings, new Finding("accelerator", FindingKind.Note, $"accelerator: nobody looked whether there is {AcceleratorDemand.Text(wanted)}"));
        else if (!offers.Any(o => AcceleratorDemand.Holds(wanted, o)))
            Against(ref findings, "accelerator", $"accelerator: it needs {AcceleratorDemand.Text(wanted)}; here is {(offers.Count == 0 ? "none" : string.Join(", ", offers.Select(o => o.ClassName)))}");
    }

    /// <returns>How wide the range is; infinite where an end is open, for a narrower range is made for the model more.</returns>
    private static double Size(ref List<Finding>? findings, ModelSizeRange? range, double? parameters)
    {
        if (range is null || (range.Min is null && range.Max is null))
            return double.PositiveInfinity;
        double? min = range.Min is null ? null : ParameterSize.Parse(range.Min);
        double? max = range.Max is null ? null : ParameterSize.Parse(range.Max);
        string served = (range.Min, range.Max) switch
        {
            (null, var most) => $"up to {most}",
            (var least, null) => $"{least} and more",
            var (least, most) => $"{least} to {most}",
        };
        if (parameters is not { } count)
            FormatPredicates.Add(ref findings, new Finding("size", FindingKind.Unchecked, served));
        else if (count < min || count > max)
            FormatPredicates.Add(ref findings, new Finding("size", FindingKind.Differs, served, ParameterSize.Text(count)));
        return max - min ?? double.PositiveInfinity;
    }
}
