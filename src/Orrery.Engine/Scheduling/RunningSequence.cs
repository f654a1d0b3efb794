using System.Runtime.InteropServices;
using Orrery.Engine.Constraints;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Queue;
using Orrery.Engine.Sampling;
using Orrery.Engine.Speculation;
using Orrery.Engine.Text;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Scheduling;

/// <summary>One request while it runs: its tokens, what is computed of them, and what becomes of the next one. Belongs to the worker thread.</summary>
internal sealed class RunningSequence : IDisposable
{
    private readonly Tokenizer _tokenizer;
    private readonly Sampler _sampler;
    private readonly TextAssembler _text;
    private readonly List<int> _tokens = [];                            // of the prompt as far as they were looked at, those made, and within a step those drafted
    private readonly Drafter _drafter;
    private readonly ITokenConstraint? _constraint;
    private readonly ulong[] _allowed;                                  // a bit for each token; empty without a constraint
    private readonly int _limit;
    private int _made;

    /// <param name="contextTokens">Prompt and continuation together, at most.</param>
    /// <param name="scratch">The worker's.</param>
    /// <param name="drafter">Its own.</param>
    public RunningSequence(Generation generation, KvSequence cache, Tokenizer tokenizer, int contextTokens, SamplerScratch scratch, Drafter drafter)
    {
        (Generation, Cache, _tokenizer, _drafter) = (generation, cache, tokenizer, drafter);
        var request = generation.Request;
        int room = contextTokens - request.Prompt.Count;
        _limit = Math.Min(request.MaxTokens ?? room, room);
        _text = new TextAssembler(tokenizer, request.Stop);
        _constraint = request.Constraint?.NewSequence();
        _allowed = new ulong[_constraint?.MaskWords ?? 0];
        _sampler = new Sampler(scratch);
        _sampler.Start(request.Sampling, request.Sampling.Seed ?? Random.Shared.NextInt64(), request.Prompt);
    }

    public Generation Generation { get; }

    public KvSequence Cache { get; }

    /// <summary>Of the prompt's start, when the sequence began.</summary>
    public int CachedTokens { get; private set; }

    public SequenceNeed Need => new(Cache.Length, Known, Cache.Pages, _drafter.Tokens);

    /// <summary>Nothing is to be made.</summary>
    public bool IsIdle => _limit == 0;

    /// <summary>Tokens of the prompt, and those made.</summary>
    private int Known => Generation.Request.Prompt.Count + _made;

    /// <summary>Takes what the cache holds of the start, when nothing is computed yet.</summary>
    public void Begin()
    {
        if (Cache.Length > 0)
            return;
        if (Known > KvPool.PagePositions)
            Cache.Reuse(Tokens(Known));
        if (_made == 0)
            CachedTokens = Cache.Length;
        Generation.Meter.LookedUp(Cache.Length);
    }

    /// <summary>The first ones. A prompt's are looked at when their turn comes; behind all that are known come drafts.</summary>
    public ReadOnlySpan<int> Tokens(int count)
    {
        while (_tokens.Count < count)
            _tokens.Add(_tokens.Count < Known ? Generation.Request.Prompt[_tokens.Count] : _tokens[^_drafter.Distance]);
        return CollectionsMarshal.AsSpan(_tokens)[..count];
    }

    /// <summary>Lets others find what was computed of the known tokens.</summary>
    public void Publish() => Cache.Publish(CollectionsMarshal.AsSpan(_tokens)[..Math.Min(Known, _tokens.Count)]);

    /// <summary>
    /// Chooses the next token and gives its text out. Where a draft said the same, the row behind it is that of the token after, and so on: each is
    /// chosen as it would have been in a pass of its own. The rest of the draft is forgotten.
    /// </summary>
    /// <param name="logits">[rows, vocabulary], of the last known token and of drafts behind it.</param>
    /// <returns>The last piece, still to be written, when that was the end.</returns>
    public TextPiece? Advance(ReadOnlySpan<float> logits, int rows)
    {
        int vocabulary = logits.Length / rows, accepted = 0;
        TextPiece? last = null;
        for (int row = 0; row <= accepted && row < rows && last is null; row++)
        {
            bool wasDrafted = Take(logits.Slice(row * vocabulary, vocabulary), out last);
            accepted += wasDrafted ? 1 : 0;
        }
        _tokens.RemoveRange(Known, _tokens.Count - Known);
        if (last is null)
            Cache.Truncate(Known - 1);
        _drafter.Next(rows - 1, accepted, CollectionsMarshal.AsSpan(_tokens), _limit - _made);
        return last;
    }

    /// <returns>The chosen token was the drafted one.</returns>
    private bool Take(ReadOnlySpan<float> logits, out TextPiece? last)
    {
        _constraint?.Allowed(_allowed, _limit - _made);
        int token = _sampler.Next(logits, _allowed), at = Known;
        bool wasDrafted = at < _tokens.Count && _tokens[at] == token;
        if (_tokenizer.EndOfText.Contains(token))
        {
            last = Last(_text.Finish(), FinishReason.Stop);
            return wasDrafted;
        }

        if (!wasDrafted)
        {
            _tokens.RemoveRange(at, _tokens.Count - at);
            _tokens.Add(token);
        }
        _made++;
        _constraint?.Accept(token);
        Generation.Write(Piece(token, _text.Append(token), logits));
        last = End();
        return wasDrafted;
    }

    private TextPiece? End()
    {
        if (_text.Stopped)
            return Last("", FinishReason.Stop);
        if (_constraint is { MustEnd: true })
            return Last(_text.Finish(), FinishReason.Stop);             // only an end could follow
        return _made == _limit ? Last(_text.Finish(), FinishReason.Length) : null;
    }

    public TextPiece Last(string text, FinishReason reason) => new(null, text, reason) { CachedTokens = CachedTokens };

    public void Dispose() => Cache.Dispose();

    private TextPiece Piece(int token, string text, ReadOnlySpan<float> logits)
    {
        var piece = new TextPiece(token, text);
        if (Generation.Request.TopLogProbs is not { } most)
            return piece;
        var (chosen, top) = LogProbs.Of(logits, token, most);
        return piece with { LogProb = chosen, Top = top };
    }
}
