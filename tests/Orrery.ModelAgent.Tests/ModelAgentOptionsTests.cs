namespace Orrery.ModelAgent.Tests;

public sealed class ModelAgentOptionsTests
{
    [Fact]
    public void All_that_is_wrong_is_told_each_by_its_name()
    {
        Assert.Empty(new ModelAgentOptions().Problems());

        var wrong = new ModelAgentOptions
        {
            HubEndpoint = "hub", MaxConnections = 0, MaxConnectionsPerFile = 65, MaxDownloads = 0, SegmentBytes = 1, MaxBytes = -1, MinFreeBytes = -1,
            VerifyEvery = TimeSpan.FromSeconds(-1), RefreshEvery = TimeSpan.Zero, KeepVersions = -1,
        }.Problems().Select(p => p.Split(':')[0]);

        Assert.Equal(
            ["models.hubEndpoint", "models.maxConnections", "models.maxConnectionsPerFile", "models.maxDownloads", "models.segmentBytes", "models.maxBytes", "models.minFreeBytes", "models.verifyEvery", "models.refreshEvery", "models.keepVersions"],
            wrong);
    }
}
