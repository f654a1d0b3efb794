using Orrery.Engine.Queue;
using Orrery.Engine.Sampling;
using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Scheduling;

/// <summary>
/// Runs all sequences of a model in one loop: each pass computes some rows of each (continuous batching, chunked prefill). Belongs to the worker thread.
/// <code>
///   take new ones -> drop those nobody wants -> plan -> one pass -> a token for each that is up to date -> again
/// </code>
/// </summary>
internal sealed class EngineLoop(ModelPart model, Tokenizer tokenizer, WorkQueue<Generation> queue, EngineOptions options, ModelCounters counters)
{
    private readonly SamplerScratch _scratch = new(model.Vocabulary);
    private readonly List<RunningSequence> _running = [];               // in order of arrival
    private readonly List<RunningSequence> _wanted = [];                // whose logits the pass computes, in their order

    /// <summary>Until the queue is closed.</summary>
    public void Run()
    {
        while (Admit())
        {
            DropUnwanted();
            if (_running.Count > 0)
                Step();
        }
        while (_running.Count > 0)
            End(_running[0], last: null, new ObjectDisposedException(nameof(LocalTextModel)));
    }

    /// <summary>Takes what waits while there is a place; waits itself when nothing runs. False when the queue was closed.</summary>
    private bool Admit()
    {
        while (_running.Count < options.MaxSequences && queue.Take(wait: _running.Count == 0) is { } generation)
        {
            generation.Meter.Started();
            RunningSequence sequence;
            try
            {
                sequence = new RunningSequence(generation, model.StartCache(generation.Request.Adapter), tokenizer, model.ContextTokens, _scratch);
            }
            catch (Exception e)
            {
                queue.Finished();
                generation.Complete(e);
                continue;
            }
            _running.Add(sequence);
            if (sequence.IsIdle)
                End(sequence, sequence.Last("", FinishReason.Length));
        }
        return !queue.Closed;
    }

    private void DropUnwanted()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (_running[i].Generation.Unwanted)
                End(_running[i], last: null);
        }
    }

    private void Step()
    {
        var batch = model.Batch;
        batch.Clear();
        _wanted.Clear();

        // :: Rows
        var plan = Plan();
        while (plan.Preempt is { } youngest)
        {
            _running[youngest].Cache.Truncate(0);
            counters.Preempted();
            plan = Plan();
        }
        var planned = _running.ToArray();
        for (int i = 0; i < planned.Length; i++)
        {
            int rows = plan.Rows[i];
            if (rows > 0)
                Guarded(planned[i], sequence => AddRows(sequence, rows));
        }
        if (batch.Rows == 0)
            return;

        // :: The pass, and what it brings
        try
        {
            model.Model.Forward(batch);
        }
        catch (Exception e)
        {
            foreach (var sequence in planned)
                End(sequence, last: null, e);                           // no one's cache can be trusted
            return;
        }
        for (int i = 0; i < planned.Length && options.PrefixCache; i++)
            planned[i].Publish();
        for (int i = 0; i < _wanted.Count; i++)
        {
            int index = i;
            Guarded(_wanted[i], sequence =>
            {
                if (sequence.Advance(batch.LogitsOf(index)) is { } last)
                    End(sequence, last);
            });
        }
    }

    private StepPlan Plan() => StepPlan.For([.. _running.Select(sequence => sequence.Need)], model.Batch.MaxRows, model.Pool.FreePages);

    private void AddRows(RunningSequence sequence, int rows)
    {
        if (options.PrefixCache)
            sequence.Begin();
        rows = Math.Min(rows, sequence.Need.Missing);

        // All are looked at before any is added: an error leaves no row behind.
        var tokens = sequence.Tokens(sequence.Cache.Length + rows)[sequence.Cache.Length..];
        foreach (int token in tokens)
        {
            bool isLast = sequence.Cache.Length == sequence.Need.Total - 1;
            if (!model.Batch.TryAdd(sequence.Cache, token, isLast))
                break;                                                  // kept pages that another took in this step were counted as free: the rest has its turn later
            if (isLast)
                _wanted.Add(sequence);
        }
    }

    /// <summary>An error in one sequence ends that one alone.</summary>
    private void Guarded(RunningSequence sequence, Action<RunningSequence> act)
    {
        try
        {
            act(sequence);
        }
        catch (Exception e)
        {
            End(sequence, last: null, e);
        }
    }

    private void End(RunningSequence sequence, TextPiece? last, Exception? error = null)
    {
        if (!_running.Remove(sequence))
            return;
        sequence.Dispose();
        queue.Finished();
        if (last is not null)
            sequence.Generation.Write(last);
        sequence.Generation.Complete(error);
    }
}
