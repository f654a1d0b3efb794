using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Added;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers.HuggingFace;

/// <summary>The member <c>model</c>: vocabulary and how pieces are cut into its tokens.</summary>
internal static class ModelJson
{
    public static (Vocabulary Vocabulary, SubwordModel Model) Read(JsonPart model, IReadOnlyList<AddedToken> added, int leastSize)
    {
        // Files of before 2021 name no type; what they hold tells it.
        string type = model.TextOf("type") ?? (model.Find("merges") is null ? "WordPiece" : "BPE");
        return type switch
        {
            "BPE" => Bpe(model, added, leastSize),
            "Unigram" => Unigram(model, added, leastSize),
            "WordPiece" => WordPiece(model, added, leastSize),
            _ => throw model.Invalid($"is of type {InvalidModelFileException.Quote(type)}; BPE, Unigram and WordPiece are implemented", "Use another model."),
        };
    }

    private static (Vocabulary, SubwordModel) Bpe(JsonPart model, IReadOnlyList<AddedToken> added, int leastSize)
    {
        foreach (string affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model.TextOf(affix) is { Length: > 0 })
                throw model.Get(affix).Invalid("is not empty, which is not implemented", "Use another model.");
        }
        if (model.NumberOf("dropout") is > 0)
            throw model.Get("dropout").Invalid("is set; tokens are not drawn by lot here", "Use another model.");

        var vocabulary = VocabularyOf(model, added, leastSize);
        var unknown = new UnknownText(
            vocabulary, UnknownToken(model, vocabulary), model.TruthOf("byte_fallback") ?? false, model.TruthOf("fuse_unk") ?? false);
        return (vocabulary, new BpeModel(vocabulary, Merges(model.Get("merges"), vocabulary), unknown, model.TruthOf("ignore_merges") ?? false));
    }

    private static BpeMerges Merges(JsonPart list, Vocabulary vocabulary)
    {
        var merges = new BpeMerges(list.Count());
        foreach (var item in list.Items())
        {
            var (left, right) = PairOf(item);
            if (!vocabulary.TryFind(left, out int first) || !vocabulary.TryFind(right, out int second) || !vocabulary.TryFind(left + right, out int joined))
                throw item.Invalid($"joins {InvalidModelFileException.Quote(left)} and {InvalidModelFileException.Quote(right)}, which are not in the vocabulary or whose sum is not");
            merges.Add(first, second, joined);
        }
        return merges;
    }

    /// <summary>One merge, written as two texts or as one with a space between.</summary>
    internal static (string Left, string Right) PairOf(JsonPart item)
    {
        if (item.Kind == System.Text.Json.JsonValueKind.Array)
        {
            var pair = item.Items().Select(part => part.Text()).Take(3).ToList();
            return pair.Count == 2 ? (pair[0], pair[1]) : throw item.Invalid("is no pair");
        }
        string text = item.Text();
        int space = text.Length < 3 ? -1 : text.IndexOf(' ', 1);
        return space < 1 || space == text.Length - 1
            ? throw item.Invalid($"is {InvalidModelFileException.Quote(text)}; two tokens with a space between are needed")
            : (text[..space], text[(space + 1)..]);
    }

    private static (Vocabulary, SubwordModel) Unigram(JsonPart model, IReadOnlyList<AddedToken> added, int leastSize)
    {
        var list = model.Get("vocab");
        int count = list.Count();
        var tokens = new string?[Size(model, count, count - 1, added, leastSize)];
        float[] scores = new float[tokens.Length];
        int id = 0;
        foreach (var item in list.Items())
        {
            var pair = item.Items().Take(3).ToList();
            if (pair.Count != 2)
                throw item.Invalid("is no token with a score");
            tokens[id] = pair[0].Text();
            if (tokens[id]!.Length > UnigramModel.MaxTokenChars)
                throw item.Invalid($"is a token of {tokens[id]!.Length} characters; at most {UnigramModel.MaxTokenChars} are possible");
            scores[id++] = (float)pair[1].Number();
        }
        Include(added, tokens);

        var vocabulary = new Vocabulary(tokens);
        int? unknownId = (int?)model.WholeNumberOf("unk_id", 0, tokens.Length - 1);
        var unknown = new UnknownText(vocabulary, unknownId, model.TruthOf("byte_fallback") ?? false, Fuse: true);
        return (vocabulary, new UnigramModel(vocabulary, scores, unknown, usable => usable < count && usable != unknownId));
    }

    private static (Vocabulary, SubwordModel) WordPiece(JsonPart model, IReadOnlyList<AddedToken> added, int leastSize)
    {
        var vocabulary = VocabularyOf(model, added, leastSize);
        string inside = model.TextOf("continuing_subword_prefix") ?? "##";
        int maxChars = (int)(model.WholeNumberOf("max_input_chars_per_word", 1, 1000) ?? 100);
        return (vocabulary, new WordPieceModel(vocabulary, UnknownToken(model, vocabulary), begin: "", inside, maxChars));
    }

    private static int? UnknownToken(JsonPart model, Vocabulary vocabulary)
    {
        if (model.TextOf("unk_token") is not { } name)
            return null;
        return vocabulary.Find(name) ?? throw model.Get("unk_token").Invalid($"is {InvalidModelFileException.Quote(name)}, which is not in the vocabulary");
    }

    private static Vocabulary VocabularyOf(JsonPart model, IReadOnlyList<AddedToken> added, int leastSize)
    {
        var json = model.Get("vocab");
        var ids = new List<(string Token, int Id)>(json.Count());
        foreach (var (name, value) in json.Members())
            ids.Add((name, (int)value.WholeNumber(0, TokenizerJson.MaxTokens - 1)));
        var tokens = new string?[Size(model, ids.Count, ids.Count == 0 ? -1 : ids.Max(pair => pair.Id), added, leastSize)];
        foreach (var (token, id) in ids)
            tokens[id] ??= token;
        Include(added, tokens);
        return new Vocabulary(tokens);
    }

    /// <summary>How many ids there are. Gaps between them are bounded, so that a small file does not ask for much memory.</summary>
    private static int Size(JsonPart model, int count, int highest, IReadOnlyList<AddedToken> added, int leastSize)
    {
        const int MaxGaps = 1 << 17;
        int size = Math.Max(highest, added.Select(token => token.Id).DefaultIfEmpty(-1).Max()) + 1;
        if (size == 0)
            throw model.Invalid("has no tokens");
        return size <= count + added.Count + MaxGaps
            ? Math.Max(size, leastSize)
            : throw model.Invalid($"has {count + added.Count} tokens with ids up to {size - 1}");
    }

    private static void Include(IReadOnlyList<AddedToken> added, string?[] tokens)
    {
        foreach (var token in added)
            tokens[token.Id] = token.Content;
    }
}
