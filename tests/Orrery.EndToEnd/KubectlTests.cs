using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>The real kubectl with the kubeconfig that <c>up</c> wrote.</summary>
public sealed class KubectlTests(SharedUp shared) : IDisposable
{
    private readonly UpProcess _up = shared.Up;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<Ran> KubectlAsync(params string[] arguments)
        => Shell.RunAsync(
            Shell.Need("kubectl"),
            ["--kubeconfig", Path.Combine(_up.Home, "kubeconfig"), .. arguments],
            new Dictionary<string, string> { ["HOME"] = _folder.Path, ["KUBECACHEDIR"] = _folder.File("cache") });

    [Fact]
    public async Task Kubectl_lists_services_as_a_table()
    {
        var ran = await KubectlAsync("get", "isvc");

        Assert.True(ran.Code == 0, ran.ToString());
        Assert.Contains("NAME", ran.Output);
        Assert.Contains("stories", ran.Output);
    }

    [Fact]
    public async Task Kubectl_creates_patches_waits_and_deletes_a_service()
    {
        await File.WriteAllTextAsync(_folder.File("a.yaml"), """
            apiVersion: orrery.dev/v1alpha1
            kind: InferenceService
            metadata: {name: from-kubectl, namespace: default}
            spec: {model: {name: stories}, engine: {minReplicas: 0}}
            """, TestContext.Current.CancellationToken);

        foreach (string[] step in (string[][])
        [
            ["create", "-f", _folder.File("a.yaml"), "--validate=false"],
            ["patch", "isvc", "from-kubectl", "--type", "merge", "-p", """{"spec":{"engine":{"minReplicas":1}}}"""],
            ["wait", "isvc/from-kubectl", "--for=condition=Ready", "--timeout=50s"],
            ["delete", "isvc", "from-kubectl"],
        ])
        {
            var ran = await KubectlAsync(step);
            Assert.True(ran.Code == 0, $"kubectl {string.Join(' ', step)}: {ran}");
        }
    }
}
