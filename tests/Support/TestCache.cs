namespace Orrery.Testing;

/// <summary>The folder that tests may keep downloads and unpacked programs in, the same as that of <c>./test</c>.</summary>
internal static class TestCache
{
    public static string Path => Set("ORRERY_TEST_CACHE")
        ?? System.IO.Path.Combine(
            Set("XDG_CACHE_HOME") ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "orrery-test");

    private static string? Set(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
