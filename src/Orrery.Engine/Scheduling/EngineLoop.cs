using Orrery.Engine.Queue;
using Orrery.Engine.Sampling;
using Orrery.Engine.Speculation;
using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Scheduling;

/// <summary>
/// Runs all sequences of a model in one loop: each pass computes some rows of each (continuous batching, chunked prefill). Belongs to the worker thread.
/// <code>
///   take new ones -> drop those nobody wants -> one pass -> again
/// </code>
/// </summary>
internal sealed class EngineLoop
{
    private readonly ModelPart _model;
    private readonly Tokenizer _tokenizer;
    private readonly WorkQueue<Generation> _queue;
    private readonly EngineOptions _options;
    private readonly ModelCounters _counters;
    private readonly SamplerScratch _scratch;
    private readonly Pass _pass;
    private readonly List<RunningSequence> _running = [];               // in order of arrival

    public EngineLoop(ModelPart model, Tokenizer tokenizer, WorkQueue<Generation> queue, EngineOptions options, ModelCounters counters)
    {
        (_model, _tokenizer, _queue, _options, _counters) = (model, tokenizer, queue, options, counters);
        _scratch = new SamplerScratch(model.Vocabulary);
        _pass = new Pass(model, options, counters, End);
    }

    /// <summary>Until the queue is closed.</summary>
    public void Run()
    {
        while (Admit())
        {
            DropUnwanted();
            if (_running.Count > 0)
                _pass.Run(_running);
        }
        while (_running.Count > 0)
            End(_running[0], last: null, new ObjectDisposedException(nameof(LocalTextModel)));
    }

    /// <summary>Takes what waits while there is a place; waits itself when nothing runs. False when the queue was closed.</summary>
    private bool Admit()
    {
        while (_running.Count < _options.MaxSequences && _queue.Take(wait: _running.Count == 0) is { } generation)
        {
            generation.Meter.Started();
            RunningSequence sequence;
            try
            {
                var cache = _model.StartCache(generation.Request.Adapter);
                sequence = new RunningSequence(generation, cache, _tokenizer, _model.ContextTokens, _scratch, new Drafter(_options.Speculate, _counters));
            }
            catch (Exception e)
            {
                _queue.Finished();
                generation.Complete(e);
                continue;
            }
            _running.Add(sequence);
            if (sequence.IsIdle)
                End(sequence, sequence.Last("", FinishReason.Length), error: null);
        }
        return !_queue.Closed;
    }

    private void DropUnwanted()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (_running[i].Generation.Unwanted)
                End(_running[i], last: null, error: null);
        }
    }

    private void End(RunningSequence sequence, TextPiece? last, Exception? error)
    {
        if (!_running.Remove(sequence))
            return;
        sequence.Dispose();
        _queue.Finished();
        if (last is not null)
            sequence.Generation.Write(last);
        sequence.Generation.Complete(error);
    }
}
