namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>Runs a program over one text. Not safe to share between threads.</summary>
internal sealed class PatternMachine(PatternStep[] steps, string text)
{
    private readonly int[] _seen = new int[steps.Length];               // the generation in which a step was last reached
    private readonly Stack<int> _pending = new();
    private int[] _now = new int[steps.Length];
    private int[] _next = new int[steps.Length];
    private int _generation;
    private int _count;

    /// <summary>Steps taken so far, over all attempts.</summary>
    public long Work { get; private set; }

    /// <returns>Where the preferred match that begins at <paramref name="start"/> ends; -1 when there is none.</returns>
    public int MatchAt(int start)
    {
        int best = -1;
        _generation++;
        _count = 0;
        Reach(0, start, _now);
        int live = _count;
        for (int at = start; live > 0;)
        {
            Work += live;
            int rune = at < text.Length ? Pattern.RuneAt(text, at) : -1;
            int after = rune > char.MaxValue ? at + 2 : at + 1;
            _generation++;
            _count = 0;
            for (int i = 0; i < live; i++)
            {
                var step = steps[_now[i]];
                if (step.Op == PatternOp.Match)
                {
                    best = at;
                    break;                                              // the ways behind this one are less preferred
                }
                if (rune >= 0 && step.Class!.Contains(rune))
                    Reach(_now[i] + 1, after, _next);
            }
            (_now, _next, live) = (_next, _now, _count);
            at = after;
        }
        return best;
    }

    /// <summary>Adds the steps that take a character or end the match and can be got to without taking one.</summary>
    private void Reach(int first, int at, int[] into)
    {
        _pending.Push(first);
        while (_pending.TryPop(out int index))
        {
            Work++;
            if (_seen[index] == _generation)
                continue;
            _seen[index] = _generation;
            var step = steps[index];
            switch (step.Op)
            {
                case PatternOp.Jump:
                    _pending.Push(step.First);
                    break;
                case PatternOp.Fork:
                    _pending.Push(step.Second);
                    _pending.Push(step.First);
                    break;
                case PatternOp.Look:
                    if (Sees(step, at) == step.Wanted)
                        _pending.Push(index + 1);
                    break;
                default:
                    into[_count++] = index;
                    break;
            }
        }
    }

    private bool Sees(PatternStep step, int at)
    {
        if (step.Ahead)
            return at < text.Length && step.Class!.Contains(Pattern.RuneAt(text, at));
        if (at == 0)
            return false;
        int before = at > 1 && char.IsSurrogatePair(text, at - 2) ? at - 2 : at - 1;
        return step.Class!.Contains(Pattern.RuneAt(text, before));
    }
}
