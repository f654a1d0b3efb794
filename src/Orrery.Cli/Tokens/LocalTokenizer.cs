using Orrery.Cli.Client;
using Orrery.Models;
using Orrery.Models.Tokenizers;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Cli.Tokens;

/// <summary>The tokenizer of a file on this machine: no server is asked and no weights are read.</summary>
internal static class LocalTokenizer
{
    /// <param name="path">A GGUF file, a folder with <c>tokenizer.json</c>, or that file itself.</param>
    /// <exception cref="CliException">It holds no tokenizer that works here.</exception>
    public static Tokenizer Open(string path)
    {
        try
        {
            if (Directory.Exists(path) || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                return Tokenizer.FromJson(path);
            using var source = ModelSource.Open(path);
            return source.ReadTokenizer(vocabulary: 0);
        }
        catch (Exception e) when (e is InvalidModelFileException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }

    public static Tokenized Tokenize(Tokenizer tokenizer, string text)
    {
        try
        {
            var ids = tokenizer.Encode(text, addSpecial: true);
            return new Tokenized(ids, [.. ids.Select(tokenizer.NameOf)]);
        }
        catch (PatternTimeException e)
        {
            throw new CliException(e.Message);
        }
    }

    public static string Detokenize(Tokenizer tokenizer, IReadOnlyList<int> ids)
    {
        foreach (int id in ids)
        {
            if (id < 0 || id >= tokenizer.VocabularySize)
                throw new CliException($"There is no token {id}; this model's go from 0 to {tokenizer.VocabularySize - 1}.");
        }
        return tokenizer.Decode(ids, showSpecial: true);
    }
}
