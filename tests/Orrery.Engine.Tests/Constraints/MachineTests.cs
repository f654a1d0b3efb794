using System.Text;
using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Tests.Constraints;

public sealed class MachineTests
{
    private static readonly byte[][] Parts = [.. new[] { "{\"\":", "[", "[", "]", "}", ",", "\"\":", "1" }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void However_much_is_written_only_so_many_states_are_kept()
    {
        var grammar = JsonConstraint.AnyObject;
        var machine = new Machine(grammar, grammar.LeastBytes);
        var start = machine.Start();
        var random = new Random(1);
        int most = 0, forgotten = 0;
        for (int text = 0; text < 3000; text++)
        {
            var state = start;
            for (int i = 0; i < 60 && state.Places.Length > 0; i++)
            {
                var next = Parts[random.Next(Parts.Length)].Aggregate(state, machine.Step);
                state = next.IsDead ? state : next;
                forgotten += machine.Kept < most ? 1 : 0;
                most = Math.Max(most, machine.Kept);
            }
        }

        Assert.True(forgotten > 0, $"{most} states are too few for this test");
        Assert.InRange(Reachable(start), 1, most + 200);
    }

    private static int Reachable(MachineState start)
    {
        var seen = new HashSet<MachineState>(ReferenceEqualityComparer.Instance);
        var open = new Stack<MachineState>([start]);
        while (open.TryPop(out var state))
        {
            if (seen.Add(state))
                Array.ForEach(state.Next, next => open.Push(next ?? state));
        }
        return seen.Count;
    }
}
