using System.Diagnostics;
using System.Text.Json.Nodes;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources;

namespace Orrery.Api.Tests.Clients;

/// <summary>A JavaScript client keeps a picture of the services, as a dashboard would.</summary>
public sealed class InformerTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_lists_in_pages_watches_sees_deletes_and_survives_an_expired_version()
    {
        // A watch lives a second and a history of four changes is soon passed by, so the informer meets both ends again and again.
        await using var api = await TestApi.StartAsync(o => o with { MaxWatch = TimeSpan.FromSeconds(1) }, history: 4);
        string folder = await NodePackages.FolderAsync(Script(""), "@kubernetes/client-node");
        using var home = new TempFolder();
        string kubeconfig = home.File("kubeconfig");
        Kubeconfig.Write(kubeconfig, api.Server.Address, api.Authority);
        foreach (string name in (string[])["a", "b", "c"])
            await api.CreateAsync(name);

        using var informer = Start(folder, kubeconfig);
        var errors = informer.StandardError.ReadToEndAsync(Ct);
        var seen = new List<string>();
        try
        {
            await UntilAsync("add c");
            Assert.Equal(["connect", "listed 3", "add a", "add b", "add c"], seen);

            await api.CreateAsync("d");
            await UntilAsync("add d");
            (await api.Store.MergePatchAsync(InferenceService.Kind.Key("default", "d"), new JsonObject { ["spec"] = new JsonObject { ["model"] = new JsonObject { ["name"] = "other" } } }, false, Ct)).Stored();
            await UntilAsync("update d");
            await api.Store.DeleteAsync(InferenceService.Kind.Key("default", "a"), Preconditions.None, Ct);
            await UntilAsync("delete a");

            // Changes of another kind move the history past the version that the informer knows.
            seen.Clear();
            await api.Store.DeleteAsync(InferenceService.Kind.Key("default", "b"), Preconditions.None, Ct);
            for (int i = 0; i < 20; i++)
                await api.Store.CreateAsync(Document.From(new Secret { Metadata = new Metadata { Name = $"s{i}", Namespace = "default" } }), Ct);
            await UntilAsync("delete b");
            await UntilAsync("listed 2");
            await api.CreateAsync("e");
            await UntilAsync("add e");
            Assert.DoesNotContain(seen, line => line.StartsWith("error", StringComparison.Ordinal));
        }
        finally
        {
            informer.Kill(entireProcessTree: true);
            await informer.WaitForExitAsync(Ct);
        }

        async Task UntilAsync(string expected)
        {
            while (!seen.Contains(expected))
            {
                string? line = await informer.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(Bound, Ct);
                Assert.True(line is not null, $"the informer ended before '{expected}', after: {string.Join(", ", seen)}: {(line is null ? await errors : "")}");
                var json = JsonNode.Parse(line!)!;
                seen.Add($"{json["event"]} {json["name"]}".TrimEnd());
            }
        }
    }

    private static string Script(string file) => Repository.File("tests", "Orrery.Api.Tests", "Clients", "informer", file);

    private static Process Start(string folder, string kubeconfig)
    {
        var start = new ProcessStartInfo("node", [Script("informer.mjs"), kubeconfig])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node is not on the PATH");
            throw;
        }
    }
}
