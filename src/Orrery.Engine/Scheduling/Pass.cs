using Orrery.Engine.Statistics;

namespace Orrery.Engine.Scheduling;

/// <summary>
/// One pass after the other over the sequences that run, in memory that is allocated once. Belongs to the worker thread.
/// <code>
///   plan -> rows -> forward -> a token, or as many as were drafted well, for each that is up to date
/// </code>
/// </summary>
/// <param name="end">Told of a sequence that is over: with its last piece or what went wrong, or neither.</param>
internal sealed class Pass(ModelPart model, EngineOptions options, ModelCounters counters, Action<RunningSequence, TextPiece?, Exception?> end)
{
    private readonly SequenceNeed[] _needs = new SequenceNeed[options.MaxSequences];
    private readonly int[] _rows = new int[options.MaxSequences];
    private readonly int[] _logits = new int[options.MaxSequences];     // rows of which a sequence gets logits
    private readonly List<RunningSequence> _planned = [];               // who ends meanwhile stays in it

    /// <param name="running">In order of arrival. Those that end are taken out by whoever is told of it.</param>
    public void Run(List<RunningSequence> running)
    {
        var batch = model.Batch;
        batch.Clear();

        // :: Rows
        var plan = Plan(running);
        while (plan.Preempt is { } youngest)
        {
            running[youngest].Cache.Truncate(0);
            counters.Preempted();
            plan = Plan(running);
        }
        _planned.Clear();
        _planned.AddRange(running);
        for (int i = 0; i < _planned.Count; i++)
            _logits[i] = plan.Rows[i] > 0 ? AddRows(_planned[i], plan.Rows[i], drafts: _needs[i].IsDecoding) : 0;
        if (batch.Rows == 0)
            return;

        // :: The pass, and what it brings
        if (!TryForward())
            return;
        for (int i = 0; i < _planned.Count && options.PrefixCache; i++)
            _planned[i].Publish();
        int first = 0;
        for (int i = 0; i < _planned.Count; first += _logits[i++])
        {
            if (_logits[i] > 0)
                Advance(_planned[i], batch.LogitsOf(first, _logits[i]), _logits[i]);
        }
    }

    private StepPlan Plan(List<RunningSequence> running)
    {
        for (int i = 0; i < running.Count; i++)
            _needs[i] = running[i].Need;
        var room = new PassRoom(model.Batch.MaxRows, 1 + options.Speculate, model.Pool.FreePages);
        return StepPlan.For(_needs.AsSpan(0, running.Count), _rows.AsSpan(0, running.Count), room);
    }

    /// <summary>An error in one sequence ends that one alone, here and below.</summary>
    /// <param name="drafts">Some of the rows may be drafts.</param>
    /// <returns>Rows of which logits will be there.</returns>
    private int AddRows(RunningSequence sequence, int rows, bool drafts)
    {
        int before = model.Batch.LogitCount;
        try
        {
            if (options.PrefixCache)
                sequence.Begin();
            var need = sequence.Need;
            rows = drafts ? rows : Math.Min(rows, need.Missing);

            // All are looked at before any is added: an error leaves no row behind.
            foreach (int token in sequence.Tokens(need.Computed + rows)[need.Computed..])
            {
                if (!model.Batch.TryAdd(sequence.Cache, token, wantLogits: sequence.Cache.Length >= need.Total - 1))
                    break;                                              // kept pages that another took in this step were counted as free: the rest has its turn later
            }
        }
        catch (Exception e)
        {
            end(sequence, null, e);
        }
        return model.Batch.LogitCount - before;
    }

    private bool TryForward()
    {
        try
        {
            model.Model.Forward(model.Batch);
            return true;
        }
        catch (Exception e)
        {
            foreach (var sequence in _planned)
                end(sequence, null, e);                                 // no one's cache can be trusted
            return false;
        }
    }

    private void Advance(RunningSequence sequence, ReadOnlySpan<float> logits, int rows)
    {
        try
        {
            if (sequence.Advance(logits, rows) is { } last)
                end(sequence, last, null);
        }
        catch (Exception e)
        {
            end(sequence, null, e);
        }
    }
}
