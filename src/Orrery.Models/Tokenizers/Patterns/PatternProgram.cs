namespace Orrery.Models.Tokenizers.Patterns;

internal enum PatternOp
{
    /// <summary>Takes one character of the class and goes on to the next step.</summary>
    Take,

    /// <summary>Goes on at two steps, the first preferred.</summary>
    Fork,
    Jump,
    Look,
    Match,
}

internal readonly record struct PatternStep(PatternOp Op, CharClass? Class = null, int First = 0, int Second = 0, bool Ahead = false, bool Wanted = false);

/// <summary>A pattern as steps of a machine (Thompson's construction). Bounded in size, since counts are written out.</summary>
internal static class PatternProgram
{
    private const int MaxSteps = 20_000;

    public static PatternStep[] Compile(PatternNode node)
    {
        var steps = new List<PatternStep>();
        Emit(node, steps);
        Append(steps, new PatternStep(PatternOp.Match));
        return [.. steps];
    }

    private static void Emit(PatternNode node, List<PatternStep> steps)
    {
        switch (node)
        {
            case PatternNode.One one:
                Append(steps, new PatternStep(PatternOp.Take, one.Class));
                break;
            case PatternNode.Look look:
                Append(steps, new PatternStep(PatternOp.Look, look.Class, Ahead: look.Ahead, Wanted: look.Wanted));
                break;
            case PatternNode.All all:
                foreach (var part in all.Parts)
                    Emit(part, steps);
                break;
            case PatternNode.Any any:
                EmitChoices(any, steps);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat, steps);
                break;
        }
    }

    private static void EmitChoices(PatternNode.Any any, List<PatternStep> steps)
    {
        var jumps = new List<int>();
        for (int i = 0; i < any.Choices.Count; i++)
        {
            bool last = i == any.Choices.Count - 1;
            int fork = last ? -1 : Append(steps, default);
            Emit(any.Choices[i], steps);
            if (last)
                break;
            jumps.Add(Append(steps, default));
            steps[fork] = new PatternStep(PatternOp.Fork, First: fork + 1, Second: steps.Count);
        }
        foreach (int jump in jumps)
            steps[jump] = new PatternStep(PatternOp.Jump, First: steps.Count);
    }

    private static void EmitRepeat(PatternNode.Repeat repeat, List<PatternStep> steps)
    {
        PatternStep Fork(int on, int out_) => new(PatternOp.Fork, First: repeat.Greedy ? on : out_, Second: repeat.Greedy ? out_ : on);

        for (int i = 0; i < repeat.Least; i++)
            Emit(repeat.Part, steps);
        if (repeat.Most < 0)
        {
            int fork = Append(steps, default);
            Emit(repeat.Part, steps);
            Append(steps, new PatternStep(PatternOp.Jump, First: fork));
            steps[fork] = Fork(fork + 1, steps.Count);
            return;
        }
        var forks = new List<int>();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            forks.Add(Append(steps, default));
            Emit(repeat.Part, steps);
        }
        foreach (int fork in forks)
            steps[fork] = Fork(fork + 1, steps.Count);
    }

    private static int Append(List<PatternStep> steps, PatternStep step)
    {
        if (steps.Count == MaxSteps)
            throw new PatternException($"is larger than {MaxSteps} steps once its counts are written out");
        steps.Add(step);
        return steps.Count - 1;
    }
}
