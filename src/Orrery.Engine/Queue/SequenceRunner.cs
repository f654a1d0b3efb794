using Orrery.Engine.Llama;
using Orrery.Engine.Sampling;
using Orrery.Engine.Text;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Queue;

/// <summary>Runs one sequence after the other on one state. Belongs to the worker thread.</summary>
internal sealed class SequenceRunner(LlamaModel model, LlamaState state, Tokenizer tokenizer, int contextTokens)
{
    private readonly Sampler _sampler = new(model.Config.Vocabulary);

    /// <param name="closing">Ends the generation like a consumer that has left.</param>
    /// <returns>The last piece, still to be written; null when the generation was given up.</returns>
    public TextPiece? Run(Generation generation, Func<bool> closing)
    {
        var request = generation.Request;
        int room = contextTokens - request.Prompt.Count;
        int limit = Math.Min(request.MaxTokens ?? room, room);
        if (limit == 0)
            return new TextPiece(null, "", FinishReason.Length);

        // :: Prompt
        state.Position = 0;
        for (int i = 0; i < request.Prompt.Count; i++)
        {
            if (generation.Unwanted || closing())
                return null;
            model.Forward(state, request.Prompt[i], wantLogits: i == request.Prompt.Count - 1);
        }

        // :: Continuation
        _sampler.Start(request.Sampling, request.Sampling.Seed ?? Random.Shared.NextInt64());
        var text = new TextAssembler(tokenizer, request.Stop);
        for (int made = 1; ; made++)
        {
            if (generation.Unwanted || closing())
                return null;
            int token = _sampler.Next(state.Logits);
            if (tokenizer.EndOfText.Contains(token))
                return new TextPiece(null, text.Finish(), FinishReason.Stop);

            generation.Write(new TextPiece(token, text.Append(token)));
            if (text.Stopped)
                return new TextPiece(null, "", FinishReason.Stop);
            if (made == limit)
                return new TextPiece(null, text.Finish(), FinishReason.Length);
            model.Forward(state, token, wantLogits: true);
        }
    }
}
