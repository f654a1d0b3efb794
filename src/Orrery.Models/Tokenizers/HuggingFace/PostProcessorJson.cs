using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>The tokens around a prompt.</summary>
internal static class PostProcessorJson
{
    // As many as a template could want; each prompt pays for them.
    private const int MaxAround = 256;

    public static (IReadOnlyList<int> Before, IReadOnlyList<int> After) Read(JsonPart step, Vocabulary vocabulary)
    {
        string type = step.Get("type").Text();
        return type switch
        {
            "ByteLevel" => ([], []),
            "TemplateProcessing" => Template(step, vocabulary),
            "BertProcessing" or "RobertaProcessing" => ([Pair(step.Get("cls"), vocabulary)], [Pair(step.Get("sep"), vocabulary)]),
            "Sequence" => Sequence(step, vocabulary),
            _ => throw step.Invalid($"is of type {InvalidModelFileException.Quote(type)}, which is not implemented", "Use another model."),
        };
    }

    private static (IReadOnlyList<int>, IReadOnlyList<int>) Sequence(JsonPart step, Vocabulary vocabulary)
    {
        var (before, after) = (new List<int>(), new List<int>());
        foreach (var part in step.Get("processors").Items())
        {
            var (first, last) = Read(part, vocabulary);
            before.InsertRange(0, first);
            after.AddRange(last);
            if (before.Count + after.Count > MaxAround)
                throw step.Invalid($"puts more than {MaxAround} tokens around a text");
        }
        return (before, after);
    }

    /// <summary><c>single</c>: special tokens around the one sequence.</summary>
    private static (IReadOnlyList<int>, IReadOnlyList<int>) Template(JsonPart step, Vocabulary vocabulary)
    {
        var (before, after) = (new List<int>(), new List<int>());
        bool passed = false;
        foreach (var part in step.Get("single").Items())
        {
            if (part.Find("Sequence") is not null)
            {
                passed = true;
                continue;
            }
            string name = part.Get("SpecialToken").Get("id").Text();
            foreach (int id in Ids(step, name, vocabulary))
                (passed ? after : before).Add(id);
            if (before.Count + after.Count > MaxAround)
                throw step.Invalid($"puts more than {MaxAround} tokens around a text");
        }
        return (before, after);
    }

    private static IEnumerable<int> Ids(JsonPart step, string name, Vocabulary vocabulary)
    {
        if (step.Find("special_tokens")?.Find(name)?.Find("ids") is { } ids)
            return ids.Items().Take(MaxAround + 1).Select(id => (int)id.WholeNumber(0, vocabulary.Count - 1));
        return [vocabulary.Find(name) ?? throw step.Invalid($"asks for the token {InvalidModelFileException.Quote(name)}, which is not in the vocabulary")];
    }

    /// <summary>Written as <c>["[CLS]", 101]</c>.</summary>
    private static int Pair(JsonPart pair, Vocabulary vocabulary)
    {
        var parts = pair.Items().Take(3).ToList();
        return parts.Count == 2 ? (int)parts[1].WholeNumber(0, vocabulary.Count - 1) : throw pair.Invalid("is no token with its id");
    }
}
