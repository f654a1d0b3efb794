namespace Orrery.Control.Runtimes;

/// <summary>Which runtime, and why not the others.</summary>
/// <param name="Others">Every other runtime, those that would do as well first, each with all of its findings. In an order of their own: that of the input does not matter.</param>
public abstract record RuntimeDecision(IReadOnlyList<RuntimeVerdict> Others)
{
    public sealed record Chosen(RuntimeVerdict Winner, IReadOnlyList<RuntimeVerdict> Others) : RuntimeDecision(Others)
    {
        public RuntimeCandidate Runtime => Winner.Runtime;

        public IReadOnlyList<string> Warnings => [.. Winner.Warnings()];
    }

    /// <param name="Message">For people, short.</param>
    public sealed record None(string Message, IReadOnlyList<RuntimeVerdict> Others) : RuntimeDecision(Others);
}
