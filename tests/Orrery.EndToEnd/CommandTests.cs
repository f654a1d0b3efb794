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

        Assert.Contains("clusterbasemodel/planets", text);
        Assert.Contains("inferenceservice/planets", text);
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
    public async Task The_model_that_comes_along_answers_and_remembers_what_was_asked()
    {
        string once = await _up.OrreryOutputAsync("chat", "planets", "How many moons does Mars have?");
        var talk = await Shell.BashAsync($"printf 'How many moons does Jupiter have?\\nAnd Mars?\\n/quit\\n' | ./orrery --home '{_up.Home}' chat planets");
        string completed = await _up.OrreryOutputAsync("run", "planets", "<|user|>How many moons does Mars have?<|end|><|assistant|>");

        Assert.Contains("2 moons", once);
        Assert.True(talk.Code == 0, talk.ToString());
        Assert.Contains("2 moons", talk.Output);
        Assert.NotEmpty(completed.Trim());
    }

    [Fact]
    public async Task Tokenize_cuts_a_text_alike_through_the_server_and_from_the_file()
    {
        const string Text = "How many moons does Mars have?";
        string served = await _up.OrreryOutputAsync("tokenize", "planets", Text);
        string local = await _up.OrreryOutputAsync("tokenize", "models/planets/planets-Q8_0.gguf", Text);
        string folder = await _up.OrreryOutputAsync("tokenize", "models/planets", Text);
        string ids = (await _up.OrreryOutputAsync("tokenize", "planets", Text, "--ids")).Trim();
        string chat = await _up.OrreryOutputAsync("tokenize", "planets", Text, "--chat");
        var piped = await Shell.BashAsync($"printf 'Mars' | ./orrery --home '{_up.Home}' tokenize planets --ids");

        Assert.Matches(@"\AID +TOKEN\n", served);
        Assert.Matches(@"\n\d+ tokens\n\z", served);
        Assert.Equal(served, local);
        Assert.Equal(served, folder);
        Assert.Contains(Text, await _up.OrreryOutputAsync("tokenize", "planets", ids, "--decode"));
        Assert.Contains(Text, await _up.OrreryOutputAsync("tokenize", "models/planets", ids, "--decode"));
        Assert.Contains("<|user|>", chat);
        Assert.Matches(@"\A\d+( \d+)*\n\z", piped.Output);
    }

    [Fact]
    public async Task Apply_makes_a_service_that_answers_and_delete_ends_its_processes()
    {
        Assert.Contains("inferenceservice/planetarium created", await _up.OrreryOutputAsync("apply", "-f", "samples/service.yaml"));
        Assert.Contains("inferenceservice/planetarium unchanged", await _up.OrreryOutputAsync("apply", "-f", "samples/service.yaml"));

        string text = await _up.OrreryOutputAsync("chat", "planetarium", "How many moons does Mars have?");
        await Eventually.SeesAsync(
            async () => (await _up.OrreryOutputAsync("get", "isvc", "planetarium")) is var seen && seen.Contains("2/2") && seen.Contains("True") ? seen : null,
            () => "not 2/2",
            TimeSpan.FromSeconds(60));
        string logs = await _up.OrreryOutputAsync("logs", "isvc/planetarium", "--tail", "5");
        Assert.Contains("inferenceservice/planetarium deleted", await _up.OrreryOutputAsync("delete", "isvc", "planetarium"));

        Assert.Contains("2 moons", text);
        Assert.Contains("planetarium-engine-", logs);
        Assert.Contains("answers at unix:", logs);
        await Eventually.TrueAsync(
            () => !Directory.EnumerateDirectories("/proc").Any(d => Path.GetFileName(d).All(char.IsAsciiDigit) && Processes.CommandLine(int.Parse(Path.GetFileName(d))).Contains("planetarium")),
            () => "a planetarium process lives");
        var gone = await _up.OrreryAsync("get", "isvc", "planetarium");
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
    [InlineData("an object and a name more", "delete|isvc/stories|extra",          "'extra' beside it names none")]
    [InlineData("a second name to get",      "get|isvc/stories|stories2",          "'stories2' beside it names none")]
    [InlineData("logs of no kind",           "logs|stories",                       "isvc/stories")]
    [InlineData("no kind to get",            "get|,",                              "names no kind")]
    [InlineData("a path for a name",         "get|isvc|../../x",                   "'../../x' is no name")]
    [InlineData("a watch of two kinds",      "get|isvc,models|-w",                 "--watch follows one kind")]
    [InlineData("a watch that is sorted",    "get|isvc|-w|--sort-by=.a",           "--sort-by sorts a list")]
    [InlineData("a watch of nothing",        "get|isvc|absent|-w",                 "not found")]
    [InlineData("a namespace of its own",    "apply|-f|samples/service.yaml|-n|nowhere", "'default' is not the 'nowhere' of --namespace")]
    [InlineData("logs of something else",    "logs|cbm/stories",                   "isvc/NAME")]
    [InlineData("delete without a name",     "delete|isvc",                        "isvc/NAME")]
    [InlineData("tokens of no model",        "tokenize|absent|hi",                 "absent")]
    [InlineData("ids that are none",         "tokenize|planets|1 x|--decode",      "--decode: 'x' must be a token id")]
    [InlineData("an id that is none",        "tokenize|planets|99999|--decode",    "99999")]
    [InlineData("a template of a file",      "tokenize|models/planets|hi|--chat",  "--chat needs a served model")]
    [InlineData("no tokenizer",              "tokenize|README.md|hi",              "README.md")]
    [InlineData("a type of weights that is none", "quantize|models/planets|x.gguf|--type|q9",     "--type: 'q9' is no type of weights"),
     InlineData("a mixture of types",        "quantize|models/planets|x.gguf|--type|q4_k_m", "--type: 'q4_k_m' is a mixture of types"),
     InlineData("nothing to quantize",       "quantize|absent.gguf|x.gguf|--type|q8_0",      "There is no model file 'absent.gguf'"),
     InlineData("what is small already",     "quantize|models/planets/planets-Q8_0.gguf|x.gguf|--type|q4_0", "has type Q8_0 already")]
    [InlineData("a number that is none",     "run|stories|hi|--temperature|nan",   "--temperature: 'nan' must be a number")]
    [InlineData("the same in chat",          "chat|stories|hi|--temperature|nan",  "--temperature: 'nan' must be a number")]
    [InlineData("no whole number",           "chat|stories|hi|--max-tokens|abc",   "--max-tokens: 'abc' must be a whole number. See: orrery chat --help")]
    [InlineData("no format",                 "get|isvc|-o|xml",                    "--output: 'xml' must be table, wide, json, yaml, name, jsonpath=… or custom-columns=…. See: orrery get --help")]
    [InlineData("no argument",               "run",                                "MODEL must be given. See: orrery run --help")]
    [InlineData("an argument missing",       "run|stories",                        "PROMPT must be given")]
    [InlineData("an argument too many",      "run|stories|once|upon",              "'upon' is one word too many")]
    [InlineData("an option missing",         "apply",                              "--filename must be given")]
    [InlineData("an option that is none",    "models|--verbose",                   "--verbose: there is no such option")]
    [InlineData("no value",                  "get|isvc|-n",                        "--namespace: needs a value")]
    [InlineData("no command",                "gett",                               "there is no command 'gett'; there are up, models")]
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

    [Theory]
    [InlineData("> /dev/full", 1, "No space left on device")]
    [InlineData(">&-", 0, "")]
    public async Task An_output_that_cannot_be_written_is_one_line_and_one_that_is_closed_is_none(string redirection, int code, string expected)
    {
        var ran = await Shell.BashAsync($"./orrery --home '{_up.Home}' get isvc {redirection}");

        Assert.True(ran.Code == code, ran.ToString());
        Assert.Equal(expected.Length == 0 ? 0 : 1, ran.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(expected, ran.Errors);
    }

    [Fact]
    public async Task A_prompt_may_begin_with_an_at_sign()
        => Assert.NotEmpty((await _up.OrreryOutputAsync("run", "stories", "@home", "--max-tokens", "3")).Trim());

    [Fact]
    public async Task Help_names_values_as_they_are_written()
        => Assert.Contains("<table|wide|json|yaml|name|…>", await _up.OrreryOutputAsync("get", "--help"));

    [Fact]
    public async Task Several_objects_are_shown_and_deleted_by_name()
    {
        string both = await _up.OrreryOutputAsync("get", "isvc/stories", "cbm/stories");
        string names = await _up.OrreryOutputAsync("get", "isvc/stories", "cbm/stories", "-o", "name");
        var deleted = await _up.OrreryAsync("delete", "isvc", "none", "none2");

        Assert.Contains("inferenceservice/stories", both);
        Assert.Contains("clusterbasemodel/stories", both);
        Assert.Equal("inferenceservices.orrery.dev/stories\nclusterbasemodels.orrery.dev/stories\n", names);
        Assert.Equal(1, deleted.Code);
        Assert.Contains("inferenceservice/none: ", deleted.Output);
        Assert.Contains("inferenceservice/none2: ", deleted.Output);
        Assert.Contains("2 of 2 objects could not be deleted", deleted.Errors);
    }

    [Fact]
    public async Task Models_shows_sizes_for_people_and_get_for_programs()
    {
        string models = await _up.OrreryOutputAsync("models");

        Assert.Contains("1.0 MiB", models);
        Assert.Contains("260K", models);
        Assert.Contains("1054432", await _up.OrreryOutputAsync("get", "models"));
    }

    [Fact]
    public async Task A_watch_prints_the_table_and_then_a_row_for_each_change()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("a.yaml"), """
            apiVersion: v1
            kind: Namespace
            metadata: {name: watched}
            """, TestContext.Current.CancellationToken);
        using var watching = Shell.Start(Repository.File("orrery"), ["--home", _up.Home, "get", "namespaces", "-w"]);
        List<string> lines = [await LineAsync(watching), await LineAsync(watching)];

        await _up.OrreryOutputAsync("apply", "-f", folder.File("a.yaml"));
        lines.Add(await LineAsync(watching));
        await _up.OrreryOutputAsync("delete", "namespace/watched");
        while (!(lines[^1].StartsWith("watched ", StringComparison.Ordinal) && lines[^1].Contains("(deleted)", StringComparison.Ordinal)))
            lines.Add(await LineAsync(watching));
        watching.Kill(entireProcessTree: true);

        Assert.StartsWith("NAME", lines[0]);
        Assert.StartsWith("default", lines[1]);
        Assert.Contains(lines, l => l.StartsWith("watched ", StringComparison.Ordinal) && !l.Contains("(deleted)", StringComparison.Ordinal));
    }

    private static async Task<string> LineAsync(System.Diagnostics.Process process)
        => await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken) ?? "";

    [Fact]
    public async Task What_get_prints_can_be_applied_again()
        => Assert.Contains(
            "inferenceservice/stories unchanged",
            (await Shell.BashAsync($"./orrery --home '{_up.Home}' get isvc/stories -o yaml | ./orrery --home '{_up.Home}' apply -f -")).Output);

    [Fact]
    public async Task Events_are_listed_by_when_they_were_seen_last()
    {
        // Another test may make one happen between the two lists; then they are taken again.
        var (events, table) = await Eventually.SeesAsync<Tuple<JsonArray, string>>(
            async () =>
            {
                string before = await _up.OrreryOutputAsync("get", "events", "-o", "json");
                string text = await _up.OrreryOutputAsync("get", "events");
                return before == await _up.OrreryOutputAsync("get", "events", "-o", "json") ? Tuple.Create(JsonNode.Parse(before)!["items"]!.AsArray(), text) : null;
            },
            () => "events keep changing",
            TimeSpan.FromSeconds(60));
        string[] expected =
        [
            .. events.OrderBy(e => DateTimeOffset.Parse(e!["lastTimestamp"]!.ToString())).ThenBy(e => long.Parse(e!["metadata"]!["resourceVersion"]!.ToString()))
                .Select(e => e!["message"]!.ToString()),
        ];

        Assert.NotEmpty(expected);
        Assert.All(expected.Zip(table.TrimEnd('\n').Split('\n').Skip(1)), e => Assert.EndsWith(e.First, e.Second.TrimEnd(), StringComparison.Ordinal));
    }
}
