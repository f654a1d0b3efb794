using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Orrery.Engine;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Replica.Tests;

/// <summary>
/// A model that says what a test wants. Each request runs <see cref="Script"/>; the default answers one token per letter of "Hi!".
/// A token is a byte, but 2 ends a text; every prompt begins with token 1.
/// </summary>
internal sealed class ScriptedModel : ITextModel
{
    private readonly Channel<string> _ended = Channel.CreateUnbounded<string>();

    public TextModelCard Card { get; init; } = new("scripted", "none", 512, null);

    public Tokenizer Tokenizer { get; init; } = new Bytes();

    public ModelStatistics Statistics { get; init; } = new();

    public BlockFeed? Blocks { get; init; }

    public List<TextRequest> Requests { get; } = [];

    public Func<TextRequest, CancellationToken, IAsyncEnumerable<TextPiece>> Script { get; set; } = (_, _) => Saying("Hi!");

    /// <summary><c>done</c>, <c>cancelled</c> or <c>failed</c> for each request that has ended, in order.</summary>
    public ChannelReader<string> Ended => _ended.Reader;

    public async IAsyncEnumerable<TextPiece> GenerateAsync(TextRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        lock (Requests)
            Requests.Add(request);
        string end = "failed";
        try
        {
            await using var pieces = Script(request, ct).GetAsyncEnumerator(ct);
            while (true)
            {
                try
                {
                    if (!await pieces.MoveNextAsync())
                        break;
                }
                catch (OperationCanceledException)
                {
                    end = "cancelled";
                    throw;
                }
                yield return pieces.Current;
            }
            end = "done";
        }
        finally
        {
            // Whoever is cancelled between two pieces just does not ask for the next one.
            _ended.Writer.TryWrite(end == "failed" && ct.IsCancellationRequested ? "cancelled" : end);
        }
    }

    public static async IAsyncEnumerable<TextPiece> Saying(string text, FinishReason finish = FinishReason.Length)
    {
        foreach (char letter in text)
        {
            await Task.Yield();
            yield return new TextPiece(letter, letter.ToString());
        }
        yield return new TextPiece(null, "", finish);
    }

    public static async IAsyncEnumerable<TextPiece> Failing(string text, Exception e)
    {
        await Task.Yield();
        if (text.Length > 0)
            yield return new TextPiece(1, text);
        throw e;
    }

    /// <summary>Says one piece, then waits for the gate before it goes on.</summary>
    public static async IAsyncEnumerable<TextPiece> Gated(string first, Task gate, string second, [EnumeratorCancellation] CancellationToken ct)
    {
        yield return new TextPiece(1, first);
        await gate.WaitAsync(ct);
        yield return new TextPiece(2, second, FinishReason.Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Each byte is a token; behind them may stand one more, which is a control token.</summary>
    public sealed class Bytes : Tokenizer
    {
        public const int ControlToken = 256;

        private static readonly byte[] All = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

        public string? Control { get; init; }

        public override int VocabularySize => Control is null ? 256 : 257;

        public override int? BeginOfSequence => 1;

        public override IReadOnlySet<int> EndOfText { get; } = new HashSet<int> { 2 };

        // The byte 1 is how a text spells the control token.
        public override IReadOnlyList<int> Encode(string text, bool addSpecial, bool parseSpecial)
            => [.. addSpecial ? new[] { 1 } : [], .. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];

        public override ReadOnlySpan<byte> BytesOf(int token) => token == ControlToken || EndOfText.Contains(token) ? [] : All.AsSpan(token, 1);

        public override string NameOf(int token) => token == ControlToken ? Control! : EndOfText.Contains(token) ? "</s>" : ((char)token).ToString();

        public override string Decode(IEnumerable<int> tokens, bool showSpecial) => Encoding.UTF8.GetString([.. tokens.Select(t => (byte)t)]);
    }
}
