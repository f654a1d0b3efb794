using Orrery.Models.Json;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>The parts of a <c>Sequence</c>. Each may lengthen the text, so there are few and none is a sequence again.</summary>
internal static class Steps
{
    private const int Most = 8;

    public static List<JsonPart> Of(JsonPart sequence, string name)
    {
        var list = sequence.Get(name);
        if (list.Count() > Most)
            throw list.Invalid($"has {list.Count()} steps; at most {Most} are run");
        var steps = list.Items().ToList();
        foreach (var step in steps)
        {
            if (step.TextOf("type") == "Sequence")
                throw step.Invalid("is a sequence inside a sequence, which is not implemented", "Use another model.");
        }
        return steps;
    }
}
