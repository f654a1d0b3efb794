using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd.Clients;

/// <summary>The JavaScript clients of the model APIs against a real home: each script's checks are its own.</summary>
public sealed class NodeClientTests(SharedUp shared)
{
    [Theory]
    [InlineData("openai", 10)]
    [InlineData("anthropic", 8)]
    [InlineData("ai", 4)]
    public async Task A_client_of_javascript_does_all_that_it_does_elsewhere(string client, int checks)
    {
        string scripts = Repository.File("tests", "Orrery.EndToEnd", "Clients", "node"), folder = await NodePackages.FolderAsync(scripts, "openai");
        using var copy = new TempFolder();
        // Packages are looked for beside and above the scripts.
        Directory.CreateSymbolicLink(copy.File("node_modules"), Path.Combine(folder, "node_modules"));
        foreach (string script in Directory.GetFiles(scripts, "*.mjs"))
            File.Copy(script, copy.File(Path.GetFileName(script)));

        var ran = await Shell.RunAsync(Shell.Need("node"), [copy.File($"{client}.mjs"), shared.Up.Gateway, shared.Up.Key, "stories"]);

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.Equal(checks, ran.Output.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }
}
