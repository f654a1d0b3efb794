using System.Globalization;
using Orrery.Engine.Scheduling;

namespace Orrery.Engine.Tests.Scheduling;

public sealed class StepPlanTests
{
    // Sequences are written "computed/total+pages", in order of arrival; pages have 16 positions.
    [Theory]
    [InlineData("nothing to do",                           8,  9, "",                               "")]
    [InlineData("a short prompt at once",                  8,  9, "0/5+0",                          "5")]
    [InlineData("a long prompt in pieces",                 8,  9, "0/20+0",                         "8")]
    [InlineData("its second piece",                        8,  9, "8/20+1",                         "8")]
    [InlineData("its last piece",                          8,  9, "16/20+1",                        "4")]
    [InlineData("decoding ones before prompts",            4,  9, "0/9+0 7/8+1 15/16+1",            "2 1 1")]
    [InlineData("prompts in order of arrival",             8,  9, "0/6+0 0/6+0 0/6+0",              "6 2 0")]
    [InlineData("more decoding ones than rows",            2,  9, "7/8+1 7/8+1 7/8+1",              "1 1 0")]
    [InlineData("a page where a new one begins",           8,  1, "16/17+1",                        "1")]
    [InlineData("a prompt as far as pages go",             64, 1, "0/40+0",                         "16")]
    [InlineData("a new one waits until all of it fits",    64, 2, "7/8+1 0/40+0",                   "1 0")]
    [InlineData("with a page to spare for the other",      64, 4, "7/8+1 0/40+0",                   "1 40")]
    [InlineData("nobody passes one that waits for room",   64, 2, "7/8+1 0/40+0 0/4+0",             "1 0 0")]
    [InlineData("the youngest gives its page back",        8,  0, "16/17+1 16/17+1",                "preempt 1")]
    [InlineData("that is the youngest that has one",       8,  0, "16/17+1 16/17+1 0/9+0",          "preempt 1")]
    [InlineData("a prompt half way is preempted too",      8,  0, "16/17+1 16/30+1",                "preempt 1")]
    [InlineData("two prompts that hold all pages",         8,  0, "16/60+1 16/60+1",                "preempt 1")]
    [InlineData("the oldest is never preempted",           8,  0, "16/17+1",                        "0")]
    public void Plan(string because, int rows, int freePages, string sequences, string expected)
    {
        var needs = sequences.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('/', '+').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray())
            .Select(parts => new SequenceNeed(parts[0], parts[1], parts[2])).ToArray();

        var plan = StepPlan.For(needs, rows, freePages);

        string actual = plan.Preempt is { } one ? $"preempt {one}" : string.Join(' ', plan.Rows);
        Assert.True(expected == actual, $"{because}: expected '{expected}', got '{actual}'");
    }

    [Fact]
    public void Whatever_comes_every_sequence_ends_and_pages_never_run_over()
    {
        var random = new Random(20261123);
        for (int round = 0; round < 300; round++)
        {
            const int Pages = 8, Longest = Pages * 16;
            var waiting = new Queue<int>(Enumerable.Range(0, 12).Select(_ => random.Next(1, Longest / 2)));
            var running = new List<(int Computed, int Total, int End)>();
            int steps = 0;
            while (waiting.Count > 0 || running.Count > 0)
            {
                while (running.Count < 5 && waiting.TryDequeue(out int prompt))
                    running.Add((0, prompt, random.Next(prompt + 1, Longest + 1)));
                static int Held(int computed) => (computed + 15) / 16;
                StepPlan Plan() => StepPlan.For(
                    [.. running.Select(one => new SequenceNeed(one.Computed, one.Total, Held(one.Computed)))], mostRows: 6, Pages - running.Sum(one => Held(one.Computed)));
                var plan = Plan();
                for (; plan.Preempt is { } youngest; plan = Plan())
                    running[youngest] = running[youngest] with { Computed = 0 };

                Assert.InRange(plan.Rows.Sum(), 1, 6);
                for (int i = 0; i < running.Count; i++)
                {
                    int computed = running[i].Computed + plan.Rows[i];
                    bool made = computed == running[i].Total && plan.Rows[i] > 0;
                    running[i] = (computed, running[i].Total + (made ? 1 : 0), running[i].End);
                }
                Assert.InRange(running.Sum(one => Held(one.Computed)), 0, Pages);
                running.RemoveAll(one => one.Total >= one.End);
                Assert.InRange(++steps, 0, 50_000);
            }
        }
    }
}
