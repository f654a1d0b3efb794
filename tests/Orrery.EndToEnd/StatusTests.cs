using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>What a person sees of services that run: <c>orrery status</c>, <c>describe</c>, and watches whose reader leaves.</summary>
public sealed class StatusTests(SharedUp shared) : IDisposable
{
    private readonly UpProcess _up = shared.Up;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Status_shows_the_home_its_machine_and_what_services_use()
    {
        string table = await _up.OrreryOutputAsync("status");
        var json = JsonNode.Parse(await _up.OrreryOutputAsync("status", "-o", "json"))!;

        Assert.Matches(@"(?m)^NAMESPACE +NAME +MODEL +RUNTIME +REPLICAS +MEMORY +CPU +IN FLIGHT +WAITING +TOKENS/S +LAST USED +STATE$", table);
        Assert.Matches(@"(?m)^default +stories +stories +orrery +1/1 +[\d.]+ MiB ", table);
        Assert.Matches(@"processors, [\d.]+ used", table);
        Assert.Equal(_up.Home, json["home"]!.ToString());
        Assert.Empty(json["missing"]!.AsArray());
        var stories = json["services"]!.AsArray().Single(s => s!["name"]!.ToString() == "stories")!;
        Assert.True((long)stories["memoryBytes"]! > 1 << 20, stories.ToJsonString());
    }

    [Fact]
    public async Task Status_of_a_kubeconfigs_server_and_of_a_home_where_nothing_runs()
    {
        var other = await Shell.RunAsync(Repository.File("orrery"), ["status", "--kubeconfig", Path.Combine(_up.Home, "kubeconfig"), "-n", "default"]);
        var nothing = await Shell.RunAsync(Repository.File("orrery"), ["--home", _folder.Path, "status"]);

        Assert.True(other.Code == 0 && other.Output.Contains("stories", StringComparison.Ordinal) && !other.Output.Contains("NAMESPACE", StringComparison.Ordinal), other.ToString());
        Assert.Equal((1, ""), (nothing.Code, nothing.Output));
        Assert.Contains($"No orrery runs in {_folder.Path}", nothing.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status -w")]
    [InlineData("get isvc -w")]
    public async Task A_watch_ends_when_its_reader_leaves(string watch)
    {
        var ran = await Shell.BashAsync($"'{Repository.File("orrery")}' --home '{_up.Home}' {watch} | head -n 2; echo \"${{PIPESTATUS[0]}}\"");

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.EndsWith("\n0\n", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_described_service_has_components_and_replicas_with_what_they_use()
    {
        string text = await _up.OrreryOutputAsync("describe", "isvc/stories");

        Assert.Matches(@"(?s)Components:\n  COMPONENT +REPLICAS .*\n  engine +1/1 .*Replicas:\n  NAME .* MEMORY +CPU\n  stories-engine-\S+ +1/1 +Running .* MiB", text);
        Assert.DoesNotContain("rejected:", text, StringComparison.Ordinal);
    }
}
