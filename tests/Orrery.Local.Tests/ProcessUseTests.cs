using System.Text;
using Orrery.Local.Supervision;

namespace Orrery.Local.Tests;

public sealed class ProcessUseTests
{
    [Fact]
    public void A_process_whose_name_looks_like_fields_is_read_from_its_last_bracket()
    {
        const string Stat = "42 (a) S 1 (b) R 7 42 40 0 -1 4194560 100 0 0 0 30 12 5 3 20 0 1 0 12345 1000000 256 18446744073709551615 1 1\n";

        var use = ProcessUse.Parse(42, Encoding.ASCII.GetBytes(Stat));

        Assert.Equal(new ProcessUse(42, 7, 40, 256L * Environment.SystemPageSize, 50), use);
        Assert.Null(ProcessUse.Parse(42, "42 (a) R 7"u8));
        Assert.Null(ProcessUse.Parse(42, ""u8));
    }

    // A replica is 10; 11 is its child, 12 left its session and started 13; 14 is in its session and lost its parent; 20 is another replica; 30 is nobody's.
    [Fact]
    public void What_a_replica_uses_is_that_of_its_session_and_of_all_below_it()
    {
        ProcessUse[] all =
        [
            new(1, 0, 1, 1_000, 1_000), new(10, 5, 10, 1, 100), new(11, 10, 10, 2, 0), new(12, 11, 12, 4, 0), new(13, 12, 12, 8, 50), new(14, 1, 10, 16, 0),
            new(20, 5, 20, 32, 7), new(30, 1, 30, 64, 9), new(41, 42, 41, 128, 0), new(42, 41, 41, 256, 0),
        ];

        var sums = ProcessUse.Sum(all, new HashSet<int> { 10, 20, 99 });

        Assert.Equal((31L, TimeSpan.FromSeconds(1.5)), sums[10]);
        Assert.Equal((32L, TimeSpan.FromMilliseconds(70)), sums[20]);
        Assert.Equal(2, sums.Count);
    }
}
