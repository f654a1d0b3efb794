using System.Diagnostics;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

public sealed class ManyShardsTests
{
    private const int Shards = 30;

    /// <summary>The aim is 50 ms, which `bench/run` prints.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void Seventy_billion_weights_in_thirty_shards_are_understood_from_their_headers()
    {
        using var folder = new TempFolder();
        LargeModel.Write(Repository.File("tests", "Data", "configs", "llama3_1.json"), folder.Path, Shards);
        ModelSummary.Read(folder.Path);

        var clock = Stopwatch.StartNew();
        var summary = ModelSummary.Read(folder.Path);
        clock.Stop();

        Assert.Equal((70_553_706_496L, ParameterOrigin.Counted), (summary.Parameters!.Total, summary.Parameters.Origin));
        Assert.Equal((2 * 70_553_706_496L, 131_072), (summary.WeightBytes, summary.ContextTokens));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Bound);
    }
}
