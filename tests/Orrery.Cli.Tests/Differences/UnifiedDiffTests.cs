using System.Diagnostics;
using System.Text.Json.Nodes;
using Orrery.Cli.Differences;

namespace Orrery.Cli.Tests.Differences;

public sealed class UnifiedDiffTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_text_differs_in_nothing()
        => Assert.Equal("", UnifiedDiff.Of("a\nb\n", "a\nb\n", "x", "y"));

    [Fact]
    public void A_change_stands_between_three_lines_and_far_changes_stand_apart()
    {
        string before = string.Concat(Enumerable.Range(1, 20).Select(i => $"{i}\n"));
        string after = before.Replace("5\n6\n", "five\n6\n", StringComparison.Ordinal).Replace("18\n", "", StringComparison.Ordinal);

        Assert.Equal(
            "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -15,6 +15,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n",
            UnifiedDiff.Of(before, after, "old", "new"));
    }

    [Fact]
    public void A_new_text_is_all_additions()
        => Assert.Equal("--- old\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n", UnifiedDiff.Of("", "a\nb\n", "old", "new"));

    [Fact]
    public void What_is_kept_and_taken_out_is_the_first_text_and_what_is_kept_and_put_in_the_second()
    {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            string[] a = Lines(random), b = Lines(random);

            var lines = LineDifference.Between(a, b);

            Assert.Equal(a, lines.Where(l => l.Mark != '+').Select(l => l.Text));
            Assert.Equal(b, lines.Where(l => l.Mark != '-').Select(l => l.Text));
        }
    }

    [Fact]
    public void The_hunks_are_those_of_diff()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/diff"), "'diff' is not on this machine");
        var random = new Random(5);
        for (int i = 0; i < 30; i++)
        {
            // One change of each: with more, several shortest ways may lead from one to the other.
            string[] a = [.. Enumerable.Range(0, 40).Select(n => $"line {n}")];
            List<string> b = [.. a];
            b[random.Next(b.Count)] = "other";
            b.Insert(random.Next(b.Count), "more");
            b.RemoveAt(random.Next(b.Count));
            File.WriteAllLines(_folder.File("a"), a);
            File.WriteAllLines(_folder.File("b"), b);
            using var diff = Process.Start(new ProcessStartInfo("/usr/bin/diff", ["-u", "--minimal", "--label", "a", "--label", "b", _folder.File("a"), _folder.File("b")]) { RedirectStandardOutput = true })!;

            Assert.Equal(diff.StandardOutput.ReadToEnd(), UnifiedDiff.Of(File.ReadAllText(_folder.File("a")), File.ReadAllText(_folder.File("b")), "a", "b"));
        }
    }

    [Fact]
    public void Texts_that_have_nothing_in_common_are_replaced_whole_within_a_bound()
    {
        string[] a = [.. Enumerable.Range(0, 6000).Select(i => $"a{i}")], b = [.. Enumerable.Range(0, 6000).Select(i => $"b{i}")];

        Assert.Equal(12_000, LineDifference.Between(a, b).Count);
    }

    [Fact]
    public void Objects_are_compared_without_status_and_what_every_write_changes_and_secrets_without_their_values()
    {
        var secrets = TestCatalog.A("", "v1", "secrets", "Secret");
        var one = ComparedObject.Of(secrets, JsonNode.Parse("""{"metadata":{"uid":"1","resourceVersion":"5","name":"a"},"kind":"Secret","status":{"n":1},"data":{"same":"eA==","other":"eQ=="}}""")!.AsObject());
        var two = ComparedObject.Of(secrets, JsonNode.Parse("""{"kind":"Secret","metadata":{"name":"a","uid":"2","managedFields":[]},"data":{"other":"eg==","same":"eA=="}}""")!.AsObject());
        ComparedObject.Mask(secrets, one, two);

        Assert.Equal("""{"data":{"other":"*** (before)","same":"***"},"kind":"Secret","metadata":{"name":"a"}}""", one.ToJsonString());
        Assert.Equal("""{"data":{"other":"*** (after)","same":"***"},"kind":"Secret","metadata":{"name":"a"}}""", two.ToJsonString());
    }

    private static string[] Lines(Random random) => [.. Enumerable.Range(0, random.Next(12)).Select(_ => ((char)('a' + random.Next(3))).ToString())];
}
