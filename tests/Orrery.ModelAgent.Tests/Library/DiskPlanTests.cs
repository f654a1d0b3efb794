using System.Collections.Frozen;
using Orrery.ModelAgent.Library;

namespace Orrery.ModelAgent.Tests.Library;

public sealed class DiskPlanTests
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    // "a:xy:3" is version a with the contents x and y, of ten bytes each, last used at 3.
    private static VersionRecord Version(string text)
    {
        string[] parts = text.Split(':');
        return new VersionRecord
        {
            Owner = $"clusterbasemodels/{parts[0]}",
            Key = parts[0],
            Uri = "hf://org/m",
            Entry = "",
            Files = [.. parts[1].Select(c => new RecordedFile($"{c}", 10, $"{c}", null))],
            Arrived = Epoch,
            LastUsed = Epoch.AddDays(int.Parse(parts[2])),
            Verified = Epoch,
            Refreshed = Epoch,
        };
    }

    [Theory]
    [InlineData("there is room", 10, 100, 0, "a:x:1", "a", "")]
    [InlineData("the oldest goes", 10, 0, 0, "a:x:2 b:y:1 c:z:3", "abc", "b")]
    [InlineData("as many as it takes", 20, 0, 0, "a:x:2 b:y:1 c:z:3", "abc", "b a")]
    [InlineData("never one in use", 10, 0, 0, "a:x:2 b:y:1", "a", "a")]
    [InlineData("what is shared frees nothing alone", 10, 0, 0, "a:x:1 b:x:2 c:y:3", "abc", "a b")]
    [InlineData("what is shared with one in use frees nothing", 10, 0, 0, "a:x:1 b:x:2 c:y:3", "ac", "c")]
    [InlineData("an older one whose going proved needless stays", 20, 0, 0, "a:x:1 b:yz:2", "ab", "b")]
    [InlineData("the budget counts too", 10, 1000, 35, "a:x:1 b:y:2 c:z:3", "abc", "a")]
    [InlineData("too little whatever goes", 50, 0, 0, "a:x:1 b:y:2", "ab", "!")]
    [InlineData("too little budget", 50, 1000, 40, "a:x:1", "a", "!")]
    [InlineData("nothing may go", 10, 0, 0, "a:x:1", "", "!")]
    [InlineData("what a download builds on frees nothing", 10, 0, 0, "a:x:1 b:y:2", "ab", "b", "x")]
    [InlineData("not even with the last who has it", 20, 0, 0, "a:x:1 b:y:2", "ab", "!", "x")]
    public void Plan(string because, long needed, long free, long budget, string versions, string mayGo, string expected, string holds = "")
    {
        var all = versions.Split(' ').Select(Version).ToList();
        long held = all.SelectMany(v => v.Files).DistinctBy(f => f.Sha256).Sum(f => f.Bytes);

        var plan = DiskPlan.For(needed, free, keepFree: 0, held, budget == 0 ? null : budget, all, v => mayGo.Contains(v.Key, StringComparison.Ordinal), holds.Select(c => $"{c}").ToHashSet());

        string actual = plan is DiskPlan.Fits fits ? string.Join(' ', fits.Evict.Select(v => v.Key)) : "!";
        Assert.True(expected == actual, $"{because}: expected '{expected}', got '{actual}'");
    }

    [Fact]
    public void Too_little_is_told_in_figures_with_the_setting()
    {
        const long GiB = 1024 * 1024 * 1024;

        var disk = Assert.IsType<DiskPlan.TooLittle>(DiskPlan.For(8 * GiB, 3 * GiB, GiB, 0, null, [], _ => true, FrozenSet<string>.Empty)).Problem;
        var budget = Assert.IsType<DiskPlan.TooLittle>(DiskPlan.For(8 * GiB, 100 * GiB, GiB, 3 * GiB, 10 * GiB, [], _ => true, FrozenSet<string>.Empty)).Problem;

        Assert.Contains("8 GiB are to be fetched, and the disk has 3 GiB free, of which 1 GiB stay free (models.minFreeBytes)", disk, StringComparison.Ordinal);
        Assert.Contains("models may take 10 GiB (models.maxBytes) and take 3 GiB", budget, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fits_frees_enough_and_nothing_in_it_could_stay_and_nothing_that_must_stay_goes()
    {
        var random = new Random(11);
        for (int i = 0; i < 3_000; i++)
        {
            var all = Enumerable.Range(0, random.Next(7))
                .Select(n => Version($"{(char)('a' + n)}:{new string([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (char)('p' + random.Next(6))).Distinct()])}:{random.Next(5)}")).ToList();
            var stays = all.Where(_ => random.Next(3) == 0).ToHashSet();
            long needed = random.Next(1, 60), free = random.Next(0, 30), keepFree = random.Next(0, 10);

            var held = "pqrstu".Where(_ => random.Next(6) == 0).Select(c => $"{c}").ToHashSet();

            var plan = DiskPlan.For(needed, free, keepFree, 0, null, all, v => !stays.Contains(v), held);

            if (plan is DiskPlan.Fits fits)
            {
                Assert.DoesNotContain(fits.Evict, stays.Contains);
                Assert.True(free + Freed(all, fits.Evict, held) - needed >= keepFree);
                Assert.All(fits.Evict, v => Assert.True(free + Freed(all, [.. fits.Evict.Where(o => o != v)], held) - needed < keepFree));
            }
            else
            {
                Assert.True(free + Freed(all, [.. all.Where(v => !stays.Contains(v))], held) - needed < keepFree);
            }
        }
    }

    private static long Freed(IReadOnlyList<VersionRecord> all, IReadOnlyList<VersionRecord> gone, HashSet<string> held)
    {
        var kept = all.Where(v => !gone.Contains(v)).SelectMany(v => v.Files).Select(f => f.Sha256).ToHashSet();
        return gone.SelectMany(v => v.Files).DistinctBy(f => f.Sha256).Where(f => !kept.Contains(f.Sha256) && !held.Contains(f.Sha256)).Sum(f => f.Bytes);
    }
}
