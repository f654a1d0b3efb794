using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>The command line against a running home.</summary>
public sealed class CommandTests(SharedUp shared)
{
    private readonly UpProcess _up = shared.Up;

    [Fact]
    public async Task Models_lists_the_model_and_its_service()
    {
        string text = await _up.OrreryOutputAsync("models");

        Assert.Contains("clusterbasemodel/stories", text);
        Assert.Contains("inferenceservice/stories", text);
        Assert.Contains("llama", text);
    }

    [Fact]
    public async Task Get_prints_tables_json_yaml_and_names()
    {
        string table = await _up.OrreryOutputAsync("get", "isvc,models");
        var json = JsonNode.Parse(await _up.OrreryOutputAsync("get", "isvc", "stories", "-o", "json"))!;
        string yaml = await _up.OrreryOutputAsync("get", "isvc/stories", "-o", "yaml");
        string names = await _up.OrreryOutputAsync("get", "isvc,models", "-o", "name");

        Assert.Contains("NAME", table);
        Assert.Equal("stories", json["metadata"]!["name"]!.ToString());
        Assert.Contains("kind: InferenceService", yaml);
        Assert.Contains("inferenceservices.orrery.dev/stories\n", names);
        Assert.Contains("clusterbasemodels.orrery.dev/stories\n", names);
    }

    [Fact]
    public async Task Run_streams_the_text_that_the_model_is_known_to_write()
        => Assert.StartsWith(
            ", there was a little girl named Lily. She loved to play outside in the park.",
            await _up.OrreryOutputAsync("run", "stories", "Once upon a time", "--max-tokens", "64"));

    [Fact]
    public async Task Chat_answers_one_question_and_holds_a_conversation()
    {
        using var folder = new TempFolder();
        string once = await _up.OrreryOutputAsync("chat", "stories", "Once upon a time", "--max-tokens", "8");
        string typed = $"Once upon a time\n/reset\nOne day\n/save {folder.File("talk.json")}\n/quit\n";
        var talk = await Shell.BashAsync($"printf '{typed.Replace("\n", "\\n")}' | ./orrery --home '{_up.Home}' chat stories --max-tokens 8");
        var saved = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("talk.json"), TestContext.Current.CancellationToken))!.AsArray();

        Assert.NotEmpty(once.Trim());
        Assert.True(talk.Code == 0, talk.ToString());
        Assert.Contains(once.Trim(), talk.Output);
        Assert.Contains("tokens/s", talk.Output);
        Assert.Equal(["user One day", "assistant"], saved.Select((m, i) => i == 0 ? $"{m!["role"]} {m["content"]}" : m!["role"]!.ToString()));
    }

    [Fact]
    public async Task Apply_makes_a_service_that_answers_and_delete_ends_its_processes()
    {
        Assert.Contains("inferenceservice/storyteller created", await _up.OrreryOutputAsync("apply", "-f", "samples/service.yaml"));
        Assert.Contains("inferenceservice/storyteller unchanged", await _up.OrreryOutputAsync("apply", "-f", "samples/service.yaml"));

        string text = await _up.OrreryOutputAsync("run", "storyteller", "Once upon a time", "--max-tokens", "8");
        await Eventually.SeesAsync(
            async () => (await _up.OrreryOutputAsync("get", "isvc", "storyteller")) is var seen && seen.Contains("2/2") && seen.Contains("True") ? seen : null,
            () => "not 2/2",
            TimeSpan.FromSeconds(60));
        string logs = await _up.OrreryOutputAsync("logs", "isvc/storyteller", "--tail", "5");
        Assert.Contains("inferenceservice/storyteller deleted", await _up.OrreryOutputAsync("delete", "isvc", "storyteller"));

        Assert.StartsWith(", there was", text);
        Assert.Contains("storyteller-engine-", logs);
        Assert.Contains("answers at unix:", logs);
        await Eventually.TrueAsync(
            () => !Directory.EnumerateDirectories("/proc").Any(d => Path.GetFileName(d).All(char.IsAsciiDigit) && Processes.CommandLine(int.Parse(Path.GetFileName(d))).Contains("storyteller")),
            () => "a storyteller process lives");
        var gone = await _up.OrreryAsync("get", "isvc", "storyteller");
        Assert.Equal(1, gone.Code);
        Assert.Contains("not found", gone.Errors);
    }

    [Fact]
    public async Task Logs_can_be_followed()
    {
        using var following = Shell.Start(Repository.File("orrery"), ["--home", _up.Home, "logs", "isvc/stories", "-f"]);
        string? line = await following.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        bool goesOn = !following.HasExited;
        following.Kill(entireProcessTree: true);

        Assert.Contains("stories-engine-0", line);
        Assert.True(goesOn);
    }

    [Theory]
    [InlineData("a kind that is none",       "get|nonsense",                       "no kind 'nonsense'")]
    [InlineData("an object that is none",    "get|isvc|absent",                    "not found")]
    [InlineData("a file that is none",       "apply|-f|absent.yaml",               "absent.yaml")]
    [InlineData("a model that is none",      "run|absent|hello",                   "absent")]
    [InlineData("logs of something else",    "logs|cbm/stories",                   "isvc/NAME")]
    [InlineData("delete without a name",     "delete|isvc",                        "isvc/NAME")]
    public async Task A_mistake_is_one_line_that_says_what_it_was(string because, string arguments, string expected)
    {
        var ran = await _up.OrreryAsync(arguments.Split('|'));

        Assert.True(ran.Code == 1 && ran.Errors.Contains(expected, StringComparison.Ordinal), $"{because}: {ran}");
        Assert.Single(ran.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_manifest_with_a_typing_mistake_is_refused_by_field()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("a.yaml"), """
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: typo}
            spec: {model: {name: stories}, engine: {minReplica: 1}}
            """, TestContext.Current.CancellationToken);

        var ran = await _up.OrreryAsync("apply", "-f", folder.File("a.yaml"));

        Assert.Equal(1, ran.Code);
        Assert.Contains("spec.engine.minReplica", ran.Errors);
    }

    [Fact]
    public async Task Without_a_running_up_each_command_says_so_in_one_line()
    {
        using var folder = new TempFolder();
        foreach (string command in (string[])["models", "get isvc", "apply -f samples/service.yaml", "logs isvc/stories", "delete isvc stories", "run stories hello"])
        {
            var ran = await Shell.RunAsync(Repository.File("orrery"), ["--home", folder.File("none"), .. command.Split(' ')]);

            Assert.True(ran.Code == 1 && ran.Output.Length == 0 && ran.Errors.Contains("orrery up", StringComparison.Ordinal), $"{command}: {ran}");
            Assert.Single(ran.Errors.TrimEnd('\n').Split('\n'));
        }
    }
}
