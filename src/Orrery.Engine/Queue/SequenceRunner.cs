using Orrery.Engine.Sampling;
using Orrery.Engine.Text;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Queue;

/// <summary>Runs one sequence after the other on one model. Belongs to the worker thread.</summary>
internal sealed class SequenceRunner(ModelPart model, Tokenizer tokenizer)
{
    private readonly Sampler _sampler = new(new SamplerScratch(model.Vocabulary));
    private readonly int[] _rows = new int[model.BatchTokens];

    /// <param name="closing">Ends the generation like a consumer that has left.</param>
    /// <returns>The last piece, still to be written; null when the generation was given up.</returns>
    public TextPiece? Run(Generation generation, Func<bool> closing)
    {
        var request = generation.Request;
        int room = model.ContextTokens - request.Prompt.Count;
        int limit = Math.Min(request.MaxTokens ?? room, room);
        if (limit == 0)
            return new TextPiece(null, "", FinishReason.Length);

        // :: Prompt, in pieces that fit one pass
        using var sequence = model.Start(request.Adapter);
        ReadOnlySpan<float> logits = default;
        for (int at = 0; at < request.Prompt.Count; at += model.BatchTokens)
        {
            if (generation.Unwanted || closing())
                return null;
            var rows = _rows.AsSpan(0, Math.Min(model.BatchTokens, request.Prompt.Count - at));
            for (int i = 0; i < rows.Length; i++)
                rows[i] = request.Prompt[at + i];
            logits = sequence.Forward(rows);
        }

        // :: Continuation
        _sampler.Start(request.Sampling, request.Sampling.Seed ?? Random.Shared.NextInt64(), request.Prompt);
        var text = new TextAssembler(tokenizer, request.Stop);
        for (int made = 1; ; made++)
        {
            if (generation.Unwanted || closing())
                return null;
            int token = _sampler.Next(logits);
            if (tokenizer.EndOfText.Contains(token))
                return new TextPiece(null, text.Finish(), FinishReason.Stop);

            var piece = new TextPiece(token, text.Append(token));
            if (request.TopLogProbs is { } most)
            {
                var (chosen, top) = LogProbs.Of(logits, token, most);
                piece = piece with { LogProb = chosen, Top = top };
            }
            generation.Write(piece);
            if (text.Stopped)
                return new TextPiece(null, "", FinishReason.Stop);
            if (made == limit)
                return new TextPiece(null, text.Finish(), FinishReason.Length);
            logits = sequence.Forward([token]);
        }
    }
}
