namespace Orrery.Testing;

/// <summary>
/// Where Kubernetes' servers lie: in the tests' cache (<see cref="TestCache"/>), unpacked there
/// once from the reference data beside this checkout, or built there by <c>./test --ring kubernetes</c>.
/// </summary>
/// <param name="Extensions">Null: not wanted.</param>
internal sealed record KubernetesPrograms(string Etcd, string Core, string? Extensions)
{
    /// <summary>The test is skipped by name where one is missing.</summary>
    /// <param name="extensions">Whether the server for custom resources alone is wanted too.</param>
    public static async Task<KubernetesPrograms> FindAsync(bool extensions)
    {
        string? etcd = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append(Path.Combine(TestCache.Path, "root", "usr", "bin")).Select(folder => Path.Combine(folder, "etcd")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(etcd is null, "etcd is not on this machine");

        string folder = Path.Combine(TestCache.Path, "kubernetes");
        if (!Directory.Exists(folder))
            await UnpackedArchive.UnpackAsync(Repository.Shared("bin", "kubernetes.tar.xz"), folder);
        string core = Path.Combine(folder, "kube-apiserver"), custom = Path.Combine(folder, "apiextensions-apiserver");
        foreach (string program in extensions ? [core, custom] : (string[])[core])
            Assert.SkipUnless(File.Exists(program), $"{Path.GetFileName(program)} is not in {folder}");
        return new KubernetesPrograms(etcd!, core, extensions ? custom : null);
    }
}
