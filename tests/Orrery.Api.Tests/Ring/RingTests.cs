namespace Orrery.Api.Tests.Ring;

/// <summary>Our server answers as kube-apiserver 1.20.2 does, field by field, but for the differences that <c>docs/kubernetes-differences.md</c> names.</summary>
public sealed class RingTests(RingFixture ring) : IClassFixture<RingFixture>
{
    public static TheoryData<string> Scenarios => [.. Scenario.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Every_difference_from_the_real_server_has_a_name(string scenario)
    {
        var differences = await ring.DifferencesAsync(scenario);

        var unnamed = NamedDifferences.Read().Unnamed(differences).ToList();
        Assert.True(unnamed.Count == 0, $"Differences without a name:\n{string.Join('\n', unnamed)}");
    }

    [Fact]
    public async Task Every_named_difference_is_still_there()
    {
        var differences = new List<Difference>();
        foreach (string scenario in Scenario.Names)
            differences.AddRange(await ring.DifferencesAsync(scenario));

        var gone = NamedDifferences.Read().Gone(differences).ToList();
        Assert.True(gone.Count == 0, $"Named differences that no longer are:\n{string.Join('\n', gone)}");
    }
}
