using Orrery.ModelAgent.Downloads;

namespace Orrery.ModelAgent.Tests.Downloads;

public sealed class ProgressTextTests
{
    [Theory]
    [InlineData(0, 0, 0, null, "100 %")]
    [InlineData(0, 1000, 0, null, "0 %")]
    [InlineData(999, 1000, 1024 * 1024, 1L, "99 %, 1.0 MiB/s, 1 s left")]
    [InlineData(1000, 1000, 1024 * 1024, 0L, "100 %, 1.0 MiB/s")]
    [InlineData(300, 1000, 12 * 1024 * 1024, 245L, "30 %, 12.0 MiB/s, 4 min left")]
    [InlineData(1, 1000, 1024 * 512, 7300L, "0 %, 0.5 MiB/s, 2 h 1 min left")]
    public void It_says_what_is_known(long completed, long total, long rate, long? left, string expected) => Assert.Equal(expected, ProgressText.Of(completed, total, rate, left));

    [Fact]
    public void The_rate_is_over_the_last_seconds_and_what_was_here_already_does_not_count()
    {
        var time = new ManualTime();
        var progress = new TransferProgress(time);
        progress.Begin(10_000_000, 1);
        progress.Found(5_000_000);
        progress.Rate();
        for (int second = 0; second < 30; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            progress.Received(second < 15 ? 1_000 : 50_000);
            progress.Rate();
        }

        var status = progress.Status();

        Assert.InRange(status.BytesPerSecond, 45_000, 50_000);
        Assert.Equal(5_000_000 + 15_000 + 750_000, status.CompletedBytes);
        Assert.InRange(status.SecondsLeft!.Value, 84, 95);
    }
}
