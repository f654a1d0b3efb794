using Orrery.Control.Fitting;
using Orrery.Resources.Accelerators;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Text;

namespace Orrery.Control.Accelerators;

/// <summary>What accelerators are sought for.</summary>
/// <param name="Requirements">Of the runtime. Null: none.</param>
/// <param name="Selector">Of the service. Null: none.</param>
/// <param name="Fit">For a class by its name, since runtimes may set more for one.</param>
public sealed record AcceleratorQuestion(AcceleratorRequirements? Requirements, AcceleratorSelector? Selector, Func<string, FitQuestion> Fit)
{
    /// <summary>Whether any is demanded. A policy, and what is preferred or excluded, says which one where some are.</summary>
    public bool IsAny => (Requirements is { } wanted && AcceleratorDemand.IsAny(wanted))
        || Selector is { AcceleratorClass: not null } || (Selector?.Constraints is { } limits && AcceleratorDemand.IsAny(limits));
}

/// <summary>A class that was not taken, and why.</summary>
public sealed record RejectedClass(string Name, IReadOnlyList<string> Reasons);

/// <summary>Which accelerators, and why not the others.</summary>
public abstract record AcceleratorDecision(IReadOnlyList<RejectedClass> Rejected)
{
    /// <param name="Reason">For people.</param>
    public sealed record Chosen(AcceleratorOffer Offer, FitResult Fit, string Reason, IReadOnlyList<RejectedClass> Rejected) : AcceleratorDecision(Rejected);

    public sealed record None(string Message, FitResult? Fit, IReadOnlyList<RejectedClass> Rejected) : AcceleratorDecision(Rejected);
}

/// <summary>Chooses a class of accelerators: those that the runtime, the service and the model's size allow and of which enough are free, by the service's policy. Pure.</summary>
public static class AcceleratorChoice
{
    private const int MaxNamed = 5;
    private const double Gibibyte = 1L << 30;

    public static AcceleratorDecision Choose(AcceleratorQuestion question, IReadOnlyList<AcceleratorOffer> offers)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(offers);
        var rooms = offers.Select(FitRoom.Of).OfType<FitRoom>().ToList();
        var judged = offers.Select(o => Judge(question, o, rooms)).ToList();
        var good = judged.Where(j => j.Reasons.Count == 0).ToList();
        string policy = question.Selector?.Policy ?? "BestFit";
        var rejected = judged.Where(j => j.Reasons.Count > 0).Select(j => new RejectedClass(j.Offer.ClassName, j.Reasons)).ToList();
        if (good.Count == 0)
        {
            string asked = question.Selector?.AcceleratorClass is { } name && offers.All(o => o.ClassName != name) ? $"no node has accelerators of class '{name}'; `orrery get acc` lists what there is" : "";
            string why = asked.Length > 0 ? asked : rejected.Count == 0 ? "there are no accelerators here" : string.Join("; ", rejected.Take(MaxNamed).Select(r => $"{r.Name}: {string.Join(", ", r.Reasons)}"))
                + (rejected.Count > MaxNamed ? $"; and {rejected.Count - MaxNamed} more" : "");
            return new AcceleratorDecision.None($"no accelerator will do: {why}", judged.Select(j => j.Fit).OfType<FitResult.TooLarge>().FirstOrDefault(), rejected);
        }
        var best = good.OrderByDescending(g => Rank(policy, question, g, good)).ThenBy(g => g.Offer.ClassName, StringComparer.Ordinal).First();
        return new AcceleratorDecision.Chosen(
            best.Offer, best.Fit, question.Selector?.AcceleratorClass is not null ? "asked for" : $"{policy} of {good.Count}",
            [.. rejected, .. good.Where(g => g != best).Select(g => new RejectedClass(g.Offer.ClassName, [$"it would do; {policy} takes {best.Offer.ClassName}"]))]);
    }

    private sealed record Judged(AcceleratorOffer Offer, IReadOnlyList<string> Reasons, FitResult Fit);

    private static Judged Judge(AcceleratorQuestion question, AcceleratorOffer offer, List<FitRoom> rooms)
    {
        List<string> reasons = [];
        if (question.Selector?.AcceleratorClass is { } name && name != offer.ClassName)
            reasons.Add($"the service asks for {name}");
        if (question.Requirements is { } requirements)
            reasons.AddRange(AcceleratorDemand.Reasons(requirements, offer));
        if (question.Selector?.Constraints is { } constraints)
            reasons.AddRange(Constraints(constraints, offer));
        if (offer.Free == 0)
            reasons.Add($"0 of {offer.Total} are free");
        var fit = ModelFit.In(FitRoom.Of(offer), question.Fit(offer.ClassName), rooms);
        if (fit is FitResult.TooLarge missing)
            reasons.Add(missing.ToString());
        return new Judged(offer, reasons, fit);
    }

    private static IEnumerable<string> Constraints(ServingAcceleratorConstraints wanted, AcceleratorOffer offer)
    {
        if (wanted.ExcludedClasses?.Contains(offer.ClassName) == true)
            yield return "the service excludes it";
        if (wanted.ArchitectureFamilies is { Count: > 0 } families
            && !families.Any(f => string.Equals(f, offer.Family, StringComparison.OrdinalIgnoreCase) || string.Equals(f, $"{offer.Vendor}-{offer.Family}", StringComparison.OrdinalIgnoreCase)))
            yield return $"its family is {offer.Family ?? "unknown"}, the service wants {string.Join(" or ", families)}";
        if (wanted.MaxMemory is { } most && !(offer.MemoryBytes <= most * Gibibyte))
            yield return $"it has {AcceleratorOffers.Text(offer.MemoryBytes)} of memory, {most} GB at most are wanted";
        foreach (string reason in AcceleratorLimits.AtLeast(offer, wanted.MinMemory, wanted.MinComputePerformanceTFLOPS, wanted.MinArchitectureVersion, wanted.RequiredFeatures))
            yield return reason;
    }

    private static double Rank(string policy, AcceleratorQuestion question, Judged one, List<Judged> all) => policy switch
    {
        "Cheapest" => -Price(one.Offer.Cost, (one.Fit as FitResult.Fits)?.Accelerators ?? 1),
        "MostCapable" => 0.5 * Share(o => o.MemoryBytes, one, all) + 0.3 * Share(o => o.Bandwidth, one, all) + 0.2 * Share(o => o.Performance?.Fp16Tflops, one, all),
        // Availability was looked at above; the order is that of the names.
        "FirstAvailable" => 0,
        _ => BestFit(question, one),
    };

    /// <summary>Least memory beyond what is needed counts 0.7, least speed beyond what is asked for 0.3.</summary>
    private static double BestFit(AcceleratorQuestion question, Judged one)
    {
        var (offer, limits) = (one.Offer, question.Selector?.Constraints);
        double needed = Math.Max(
            Math.Max(question.Requirements?.MinMemory ?? 0, limits?.MinMemory ?? 0) * Gibibyte,
            one.Fit is FitResult.Fits fits ? fits.Figures.PerAccelerator(fits.Tensor * fits.Pipeline) : 0);
        double memory = needed > 0 && offer.MemoryBytes is > 0 and var there ? Math.Min(1, needed / there) : 1;
        double wanted = Math.Max(question.Requirements?.MinComputePerformanceTFLOPS ?? 0, limits?.MinComputePerformanceTFLOPS ?? 0);
        var precisions = limits?.PreferredPrecisions ?? question.Requirements?.PreferredPrecisions ?? [];
        double speed = wanted > 0 && offer.Performance?.Fp16Tflops is > 0 and var tflops ? Math.Min(1, wanted / tflops) : 1;
        return (0.7 * memory) + (0.3 * speed * Precision(offer, precisions)) - (1e-3 * ((one.Fit as FitResult.Fits)?.Accelerators ?? 1));
    }

    /// <summary>Halves for each preferred number format that the class is not known to have.</summary>
    private static double Precision(AcceleratorOffer offer, IReadOnlyList<string> preferred)
    {
        for (int i = 0; i < preferred.Count; i++)
        {
            bool has = preferred[i].ToLowerInvariant() switch
            {
                "fp8" or "int8" => offer.Performance?.Int8Tops > 0 || offer.Features.Contains(preferred[i], StringComparer.OrdinalIgnoreCase),
                "int4" or "fp4" => offer.Performance?.Int4Tops > 0 || offer.Features.Contains(preferred[i], StringComparer.OrdinalIgnoreCase),
                "fp32" => offer.Performance?.Fp32Tflops > 0,
                _ => offer.Performance?.Fp16Tflops > 0,
            };
            if (has)
                return Math.Pow(0.5, i);
        }
        return preferred.Count == 0 ? 1 : Math.Pow(0.5, preferred.Count);
    }

    // An hour goes before a million tokens, and either before a tier; one without any price comes last.
    private static double Price(AcceleratorCost? cost, int accelerators)
    {
        if ((Quantities.Parse(cost?.SpotPerHour) ?? Quantities.Parse(cost?.PerHour)) is { } hour)
            return hour * Math.Max(1, accelerators);
        if (Quantities.Parse(cost?.PerMillionTokens) is { } tokens)
            return 1e6 + tokens;
        return cost?.Tier switch { "low" => 1e9, "medium" => 2e9, "high" => 3e9, _ => 1e12 };
    }

    private static double Share(Func<AcceleratorOffer, double?> figure, Judged one, List<Judged> all)
        => all.Max(j => figure(j.Offer)) is > 0 and var most && figure(one.Offer) is { } own ? own / most : 0;
}
