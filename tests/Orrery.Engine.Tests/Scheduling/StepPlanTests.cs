using System.Globalization;
using Orrery.Engine.Scheduling;

namespace Orrery.Engine.Tests.Scheduling;

public sealed class StepPlanTests
{
    // Sequences are written "computed/total+pages", and "~drafts" where they have some, in order of arrival; pages have 16 positions. Five rows go with drafts.
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
    [InlineData("drafts behind the last token",            8,  9, "7/8+1~3",                        "4")]
    [InlineData("as many as rows go with drafts",          8,  9, "7/8+1~9",                        "5")]
    [InlineData("as many as the pass has rows",            3,  9, "7/8+1~4",                        "3")]
    [InlineData("a token for each in turn",                8,  9, "3/4+1~4 3/4+1 3/4+1~4",          "2 1 2")]
    [InlineData("what one does not want is the others'",   8,  9, "3/4+1~1 3/4+1~4",                "2 3")]
    [InlineData("none among many",                         8,  9, "3/4+1~4 3/4+1~4 3/4+1~4 3/4+1~4 3/4+1~4", "1 1 1 1 1")]
    [InlineData("none beside a prompt",                    8,  9, "7/8+1~3 0/2+0",                  "1 2")]
    [InlineData("none while a prompt waits for room",      64, 2, "7/8+1~3 0/40+0",                 "1 0")]
    [InlineData("a page for a draft",                      8,  9, "14/15+1~3",                      "4")]
    [InlineData("only while there is one left for all",    8,  1, "14/15+1~3",                      "2")]
    [InlineData("another drafts within its page",          8,  2, "14/15+1~3 3/4+1~1",              "2 2")]
    [InlineData("drafts of one preempted have to wait",    8,  9, "0/15+0~3",                       "8")]
    public void Plan(string because, int rows, int freePages, string sequences, string expected)
    {
        var needs = sequences.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('/', '+', '~').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray())
            .Select(parts => new SequenceNeed(parts[0], parts[1], parts[2], parts.ElementAtOrDefault(3))).ToArray();
        int[] planned = [.. needs.Select(_ => -1)];

        var plan = StepPlan.For(needs, planned, new PassRoom(rows, RowsWithDrafts: 5, freePages));

        string actual = plan.Preempt is { } one ? $"preempt {one}" : string.Join(' ', planned);
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
                int[] rows = new int[running.Count];
                StepPlan Plan() => StepPlan.For(
                    [.. running.Select(one => new SequenceNeed(one.Computed, one.Total, Held(one.Computed), Math.Min(round % 4, one.End - one.Total - 1)))],
                    rows, new PassRoom(6, 4, Pages - running.Sum(one => Held(one.Computed))));
                var plan = Plan();
                for (; plan.Preempt is { } youngest; plan = Plan())
                    running[youngest] = running[youngest] with { Computed = 0 };

                Assert.InRange(rows.Sum(), 1, 6);
                Assert.InRange(running.Select((one, i) => Held(one.Computed + rows[i])).Sum(), 0, Pages);
                for (int i = 0; i < running.Count; i++)
                {
                    // Of a draft any part is kept.
                    int computed = running[i].Computed + rows[i], drafted = Math.Max(0, computed - running[i].Total), kept = random.Next(drafted + 1);
                    bool made = computed >= running[i].Total && rows[i] > 0;
                    running[i] = (computed - drafted + kept, running[i].Total + (made ? 1 + kept : 0), running[i].End);
                }
                running.RemoveAll(one => one.Total >= one.End);
                Assert.InRange(++steps, 0, 50_000);
            }
        }
    }
}
