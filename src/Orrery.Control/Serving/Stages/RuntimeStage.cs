using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Text;

namespace Orrery.Control.Serving.Stages;

/// <summary>Which runtime serves the model. Pure.</summary>
internal static class RuntimeStage
{
    public static (RuntimeDecision Decision, Condition Condition) Of(ServiceObservation seen)
    {
        var decision = RuntimeSelection.Choose(
            ServiceQuestions.Selection(seen.Document, seen.Service.Spec, ModelFacts.Of(seen.Model!), seen.Place), seen.Runtimes);
        return (decision, Told(seen.Service.Spec.Runtime is not null, decision));
    }

    private static Condition Told(bool isNamed, RuntimeDecision decision)
    {
        const string Type = ServiceConditions.RuntimeSelected;
        switch (decision)
        {
            case RuntimeDecision.Chosen chosen:
                string warnings = chosen.Warnings.Count == 0 ? "" : $" ({string.Join("; ", chosen.Warnings.Take(SelectionReport.MaxReasons).Select(w => Excerpt.Of(w, SelectionReport.MaxReasonLength)))})";
                return Conditions.True(Type, isNamed ? "Named" : "Chosen", $"{chosen.Runtime}{warnings}");
            case RuntimeDecision.None none:
                return Conditions.False(Type, ServiceConditions.NoRuntime, none.Message);
            default:
                throw new InvalidOperationException("A runtime decision is Chosen or None.");
        }
    }
}
