using Orrery.Engine;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Answers;

/// <summary>What the model's name in a request asks for. One of the nested cases.</summary>
internal abstract record ModelChoice
{
    private const char Separator = ':';

    /// <param name="Adapter">Null: the base as it is.</param>
    public sealed record Chosen(string? Adapter) : ModelChoice;

    public sealed record Refused(OpenAIError Error) : ModelChoice;

    /// <summary>
    /// An adapter goes by its own name, or by <c>MODEL:ADAPTER</c>. Any other name is the base: who routes to a replica knows it under names of
    /// its own. But what is behind a colon has to be there where there are adapters: the base would answer in another voice than was asked for.
    /// </summary>
    public static ModelChoice Of(string model, TextModelCard card)
    {
        if (card.Adapters.Count == 0 || model == card.Name)
            return new Chosen(null);
        if (card.Adapters.Contains(model))
            return new Chosen(model);

        // Either side may hold colons of its own.
        if (card.Adapters.FirstOrDefault(name => model.EndsWith(Separator + name, StringComparison.Ordinal)) is { } adapter)
            return new Chosen(adapter);
        return model.IndexOf(Separator) is >= 0 and var colon
            ? new Refused(new OpenAIError(
                404, "model_not_found", $"'{model}' asks for the adapter '{model[(colon + 1)..]}', which this model does not have. It has: {string.Join(", ", card.Adapters)}.", "model"))
            : new Chosen(null);
    }
}
