using System.Text.Json.Nodes;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>The commands over resources against a running home, as a person and a script use them.</summary>
public sealed class ResourceCommandTests(SharedUp shared) : IDisposable
{
    private readonly UpProcess _up = shared.Up;
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("get|isvc/stories|-o|jsonpath={.metadata.name} {.spec.model.name}", "stories stories")]
    [InlineData("get|isvc|-o|custom-columns=N:.metadata.name|--sort-by=.metadata.name|--field-selector=metadata.name=stories", "N\nstories\n")]
    [InlineData("get|isvc/stories|--no-headers", "stories   stories")]
    [InlineData("get|isvc/absent|--ignore-not-found", "")]
    [InlineData("get|ns|default|--show-labels", "LABELS")]
    [InlineData("api-resources|--api-group=orrery.dev", "isvc         orrery.dev/v1alpha1   true         InferenceService")]
    [InlineData("config|current-context", "orrery\n")]
    [InlineData("config|get-contexts", "*         orrery   https://127.0.0.1:")]
    [InlineData("describe|isvc/stories", "runtime: ClusterServingRuntime '")]
    [InlineData("explain|isvc/stories", "model: ClusterBaseModel 'stories'")]
    [InlineData("explain|isvc|stories", "room: it fits: ")]
    [InlineData("explain|model|stories|--runtime|vllm", "runtime: none; spec.runtime.name: ClusterServingRuntime 'vllm' cannot serve model 'stories'")]
    [InlineData("explain|model/stories|-o|json", "\"verdict\": \"chosen\"")]
    [InlineData("get|isvc/stories|-o|jsonpath={.status.selection.runtime} {.status.fit.on}", "orrery memory")]
    [InlineData("get|csrt", "text-embeddings-inference")]
    [InlineData("explain|isvc.spec.engine", "minReplicas  <integer")]
    [InlineData("explain|isvc|--recursive", "    engine  <")]
    [InlineData("wait|isvc/stories|--for=condition=Ready|--timeout=60s", "inferenceservice/stories condition met\n")]
    [InlineData("wait|isvc/absent|--for=delete", "inferenceservice/absent deleted\n")]
    [InlineData("events|--for|isvc/stories", "REASON")]
    [InlineData("logs|pod/none|--tail=1|--help", "--timestamps")]
    public async Task A_command_prints_what_was_asked(string arguments, string expected)
        => Assert.Contains(expected, await _up.OrreryOutputAsync(arguments.Split('|')));

    [Fact]
    public async Task Apply_takes_out_what_the_manifest_no_longer_has_and_diff_says_so_before()
    {
        string file = _folder.File("a.yaml");
        string Manifest(string data) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: applied}}\ndata: {data}\n";
        await File.WriteAllTextAsync(file, Manifest("{one: '1', two: '2'}"), Ct);
        var asNew = await _up.OrreryAsync("diff", "-f", file);
        string dry = await _up.OrreryOutputAsync("apply", "-f", file, "--dry-run=server");
        string created = await _up.OrreryOutputAsync("apply", "-f", file);
        var same = await _up.OrreryAsync("diff", "-f", file);
        await File.WriteAllTextAsync(file, Manifest("{one: '1'}"), Ct);
        var different = await _up.OrreryAsync("diff", "-f", file);
        string configured = await _up.OrreryOutputAsync("apply", "-f", file);
        string data = await _up.OrreryOutputAsync("get", "cm/applied", "-o", "jsonpath={.data}");
        string deleted = await _up.OrreryOutputAsync("delete", "-f", file);

        Assert.Equal((1, 0, 1), (asNew.Code, same.Code, different.Code));
        Assert.Contains("+++ merged/configmap/applied\n@@ -0,0 +1,", asNew.Output);
        Assert.Equal("", same.Output);
        Assert.Contains("\n-  two: \"2\"\n", different.Output);
        Assert.Equal("configmap/applied created (server dry run)\n", dry);
        Assert.Equal("configmap/applied created\n", created);
        Assert.Equal("configmap/applied configured\n", configured);
        Assert.Equal("""{"one":"1"}""", data);
        Assert.Equal("configmap/applied deleted\n", deleted);
    }

    [Fact]
    public async Task A_field_of_somebody_else_is_refused_with_its_owner_until_it_is_taken_over()
    {
        string file = _folder.File("a.yaml");
        await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: contested}\ndata: {one: '1'}\n", Ct);
        await _up.OrreryOutputAsync("apply", "-f", file, "--field-manager=other");
        await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: contested}\ndata: {one: '2'}\n", Ct);

        var refused = await _up.OrreryAsync("apply", "-f", file);
        string forced = await _up.OrreryOutputAsync("apply", "-f", file, "--force-conflicts");
        await _up.OrreryOutputAsync("delete", "cm/contested");

        Assert.Equal(1, refused.Code);
        Assert.Contains("\"other\"", refused.Errors);
        Assert.Contains(".data.one", refused.Errors);
        Assert.Contains("--force-conflicts", refused.Errors);
        Assert.Equal("configmap/contested configured\n", forced);
    }

    [Fact]
    public async Task Edit_sends_what_was_changed_and_keeps_what_was_refused()
    {
        string file = _folder.File("a.yaml");
        await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: edited}\ndata: {k: before}\n", Ct);
        await _up.OrreryOutputAsync("apply", "-f", file);
        Task<Ran> EditAsync(string editor) => Shell.RunAsync(
            Repository.File("orrery"), ["--home", _up.Home, "edit", "cm/edited"], new Dictionary<string, string> { ["ORRERY_EDITOR"] = editor });

        var changed = await EditAsync("sed -i s/before/after/");
        string value = await _up.OrreryOutputAsync("get", "cm/edited", "-o", "jsonpath={.data.k}");
        var left = await EditAsync("true");
        // The second turn finds no 'name: edited' to change, which is giving up.
        var refused = await EditAsync("sed -i 's/name: edited/name: renamed/'");
        string kept = refused.Errors[(refused.Errors.IndexOf("Your text is in ", StringComparison.Ordinal) + "Your text is in ".Length)..].Split(';')[0];
        await _up.OrreryOutputAsync("delete", "cm/edited");

        Assert.Equal("configmap/edited edited\n", changed.Output);
        Assert.Equal("after", value);
        Assert.Equal("configmap/edited unchanged\n", left.Output);
        Assert.Equal(1, refused.Code);
        Assert.Contains("metadata.name: 'renamed' must stay 'edited'", refused.Errors);
        Assert.Contains("name: renamed", await File.ReadAllTextAsync(kept, Ct));
        Directory.Delete(Path.GetDirectoryName(kept)!, recursive: true);
    }

    [Theory]
    [InlineData("get isvc -w")]
    [InlineData("logs isvc/stories -f")]
    public async Task What_goes_on_ends_when_its_reader_is_gone(string command)
    {
        var ran = await Shell.BashAsync($"set -o pipefail; ./orrery --home '{_up.Home}' {command} | head -n 1");

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.Single(ran.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task The_same_commands_work_by_kubeconfig_and_context()
    {
        string kubeconfig = Path.Combine(_up.Home, "kubeconfig");
        var env = new Dictionary<string, string> { ["KUBECONFIG"] = $"{_folder.File("none")}:{kubeconfig}", ["ORRERY_HOME"] = "", ["HOME"] = _folder.Path };

        var byOption = await Shell.RunAsync(Repository.File("orrery"), ["get", "isvc", "stories", "--kubeconfig", kubeconfig, "-o", "name"], new Dictionary<string, string> { ["HOME"] = _folder.Path });
        var byList = await Shell.RunAsync(Repository.File("orrery"), ["get", "isvc", "stories", "--context", "orrery", "-o", "name"], env);
        var used = await Shell.RunAsync(Repository.File("orrery"), ["config", "use-context", "orrery"], env);

        Assert.Equal("inferenceservices.orrery.dev/stories\n", byOption.Output);
        Assert.Equal("inferenceservices.orrery.dev/stories\n", byList.Output);
        Assert.Contains("Switched to context 'orrery'", used.Output);
    }

    [Fact]
    public async Task Output_of_get_as_json_is_a_list_that_programs_read()
        => Assert.Equal("List", JsonNode.Parse(await _up.OrreryOutputAsync("get", "isvc", "-o", "json"))!["kind"]!.ToString());
}
