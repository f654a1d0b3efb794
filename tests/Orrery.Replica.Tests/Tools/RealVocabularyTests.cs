using System.Text.Json;
using Orrery.Engine;
using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.Tokenizers;
using Orrery.Replica.Tools;
using Orrery.Wire.OpenAI.Tools;

namespace Orrery.Replica.Tests.Tools;

/// <summary>Vocabularies in which what opens calls is text, one token of text, or a control token.</summary>
public sealed class RealVocabularyTests
{
    private static readonly JsonElement Schema = Json(
        """{"type":"object","properties":{"city":{"type":"string","maxLength":30},"days":{"type":"array","items":{"type":"integer","minimum":0,"maximum":99},"maxItems":3}},"required":["city"],"additionalProperties":false}""");

    private static readonly ToolRequest Request = new([new("look", "", Schema), new("stop", "", null)], ToolMode.Auto, null, Parallel: true);

    [Theory]
    [InlineData("qwen2_5", "hermes")]
    [InlineData("llama3", "hermes")]
    [InlineData("llama3", "llama")]
    [InlineData("llama3", "functionary")]
    [InlineData("mistral_nemo", "mistral")]
    [InlineData("mistral_nemo", "mistral-named")]
    public void What_is_written_in_a_real_vocabulary_is_read_again(string vocabulary, string form)
    {
        var tokenizer = Tokenizer.FromJson(Repository.Shared("models", "tokenizers", vocabulary));
        var tools = new ToolUse(Request, ToolCallForm.All.Single(one => one.Name == form));
        var compiled = CompiledConstraint.Of(Assert.IsType<ToolResult.Compiled>(tools.Grammar(TokenTrie.Of(tokenizer))).Grammar, TokenTrie.Of(tokenizer))!;
        string said = tools.Form.Opening.Length == 0 ? "" : "Größe 😀:";

        for (int seed = 0; seed < 5; seed++)
        {
            var random = new Random(seed);
            var writing = new Writing(compiled.NewSequence(), tokenizer, new ToolAnswer(tools, tokenizer));
            foreach (int token in tokenizer.Encode(said + (said.Length == 0 ? "{" : tools.Form.Opening), addSpecial: false, parseSpecial: true))
                writing.Write(token);
            writing.WriteToTheEnd(random, 60 + (10 * seed));

            Assert.Equal(said, writing.Text);
            Assert.NotEmpty(writing.Calls);
            foreach (var (name, arguments) in writing.Calls)
            {
                using var json = JsonDocument.Parse(arguments);
                Assert.Equal(name == "look", json.RootElement.TryGetProperty("city", out _));
            }
        }
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>A model that knows nothing, and the reader of what it writes.</summary>
    private sealed class Writing(ITokenConstraint constraint, Tokenizer tokenizer, ToolAnswer answer)
    {
        private readonly Utf8Stream _characters = new();

        public string Text { get; private set; } = "";

        public List<(string Name, string Arguments)> Calls { get; } = [];

        public void Write(int token)
        {
            constraint.Accept(token);
            Take(new TextPiece(token, _characters.Append(tokenizer.BytesOf(token))));
        }

        public void WriteToTheEnd(Random random, int tokens)
        {
            float[] logits = new float[tokenizer.VocabularySize];
            ulong[] mask = new ulong[constraint.MaskWords];
            while (!constraint.MustEnd && tokens > 0)
            {
                for (int i = 0; i < logits.Length; i++)
                    logits[i] = random.NextSingle();
                constraint.Allowed(mask, tokens--);
                LogitMask.Constrain(logits, mask);
                int next = Array.IndexOf(logits, logits.Max());
                if (tokenizer.EndOfText.Contains(next))
                    break;
                Write(next);
            }
            Assert.True(constraint.IsComplete);
            Take(new TextPiece(null, _characters.Finish(), FinishReason.Stop));
            Assert.True(answer.HasWholeCalls);
        }

        private void Take(TextPiece piece)
        {
            var delta = answer.Read(piece);
            Text += delta.Text;
            foreach (var call in delta.Calls)
            {
                if (call.Name is { } name)
                    Calls.Add((name, ""));
                Calls[^1] = (Calls[^1].Name, Calls[^1].Arguments + call.Arguments);
            }
        }
    }
}
