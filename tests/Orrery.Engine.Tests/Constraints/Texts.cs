using System.Text;
using System.Text.Json;
using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Automaton;
using Orrery.Engine.Constraints.Schemas;
using Orrery.Models;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>Grammars as tests use them: from text, and asked about text.</summary>
internal static class Texts
{
    private static readonly Lazy<Tokenizer> StoriesTokenizer = new(() =>
    {
        using var file = ModelSource.Open(Stories.Path("F32"));
        return file.ReadTokenizer(512);
    });

    private static readonly Lazy<Tokenizer> PlanetsTokenizer = new(() => Tokenizer.FromJson(Repository.File("models", "planets")));

    /// <summary>512 tokens, SentencePiece with bytes.</summary>
    public static Tokenizer Small => StoriesTokenizer.Value;

    /// <summary>1,536 tokens, byte-level BPE.</summary>
    public static Tokenizer Large => PlanetsTokenizer.Value;

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static Grammar Compile(string schema) => JsonConstraint.Of(Json(schema)) switch
    {
        SchemaResult.Compiled compiled => compiled.Grammar,
        SchemaResult.Refused refused => throw new InvalidOperationException($"{schema}: {string.Join("; ", refused.Problems)}"),
        _ => throw new InvalidOperationException(),
    };

    public static IReadOnlyList<SchemaProblem> Problems(string schema) => JsonConstraint.Of(Json(schema)) is SchemaResult.Refused refused ? refused.Problems : [];

    public static bool Accepts(Grammar grammar, string text) => Accepts(grammar, Encoding.UTF8.GetBytes(text));

    public static bool Accepts(Grammar grammar, ReadOnlySpan<byte> text)
    {
        var machine = new Machine(grammar, grammar.LeastBytes);
        var state = machine.Start();
        foreach (byte b in text)
            state = machine.Step(state, b);
        return state.IsComplete;
    }

    public static IEnumerable<int> Tokens(ReadOnlySpan<ulong> mask)
    {
        var tokens = new List<int>();
        for (int token = 0; token < mask.Length * 64; token++)
        {
            if ((mask[token >> 6] >> (token & 63) & 1) != 0)
                tokens.Add(token);
        }
        return tokens;
    }
}
