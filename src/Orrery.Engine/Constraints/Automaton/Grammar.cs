using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints;

/// <summary>
/// Which texts may be written, byte by byte: a pushdown automaton. States take bytes, call rules that come back where they were called, and
/// count repetitions on the same stack. Immutable; made for no vocabulary in particular (see <see cref="CompiledConstraint"/>).
/// </summary>
public sealed class Grammar
{
    /// <summary>Objects and arrays in each other. JSON readers commonly stop at 64.</summary>
    public const int MaxNesting = 32;

    internal Grammar(State[] states, Edge[] edges, Rule[] rules, Loop[] loops, ByteSet[] sets, int startRule)
    {
        (States, Edges, Rules, Loops, Sets, StartRule) = (states, edges, rules, loops, sets, startRule);
        (ClassOf, Classes) = ByteClasses(sets);
        LeastBytes = ShortestWays.Of(this, _ => true, tokens: null);
        Nesting = NestingNeeds.Of(this);
    }

    internal State[] States { get; }
    internal Edge[] Edges { get; }
    internal Rule[] Rules { get; }
    internal Loop[] Loops { get; }
    internal ByteSet[] Sets { get; }
    internal int StartRule { get; }

    /// <summary>[256]: bytes of one class are never told apart.</summary>
    internal byte[] ClassOf { get; }

    /// <summary>One byte of each class.</summary>
    internal byte[] Classes { get; }

    /// <summary>By state: bytes to the end of its rule, at least; <see cref="ShortestWays.None"/> where no way leads there.</summary>
    internal long[] LeastBytes { get; }

    /// <summary>By state: levels of nesting that the way to the end of its rule opens, at least.</summary>
    internal long[] Nesting { get; }

    /// <summary>No text at all fits, or only texts nested deeper than <see cref="MaxNesting"/>.</summary>
    internal bool IsEmpty => NestingAtStart > MaxNesting;

    private long NestingAtStart => Nesting[Rules[StartRule].Start] + (Rules[StartRule].Nests ? 1 : 0);

    private static (byte[] ClassOf, byte[] Classes) ByteClasses(ByteSet[] sets)
    {
        int[] classOf = new int[256];
        foreach (var set in sets)
        {
            var refined = new Dictionary<(int, bool), int>();
            for (int b = 0; b < 256; b++)
            {
                var key = (classOf[b], set.Contains((byte)b));
                if (!refined.TryGetValue(key, out int id))
                    refined[key] = id = refined.Count;
                classOf[b] = id;
            }
        }
        byte[] classes = new byte[classOf.Max() + 1];
        for (int b = 255; b >= 0; b--)
            classes[classOf[b]] = (byte)b;
        return ([.. classOf.Select(id => (byte)id)], classes);
    }
}
