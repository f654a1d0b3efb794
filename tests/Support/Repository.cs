namespace Orrery.Testing;

/// <summary>Where the checkout is, and the reference data that may lie beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the checkout, from its path parts.</summary>
    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file of the reference data; the test is skipped by name where that is absent.</summary>
    public static string Shared(params string[] parts)
    {
        string path = Path.Combine([Root, "..", "shared", .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"reference data '{string.Join('/', parts)}' is not beside this checkout");
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "Orrery.slnx")))
                return at.FullName;
        }
        throw new InvalidOperationException($"No Orrery.slnx above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
