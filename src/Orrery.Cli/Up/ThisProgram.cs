namespace Orrery.Cli.Up;

/// <summary>How to start this program again, as its own child.</summary>
internal static class ThisProgram
{
    /// <summary>The executable alone, or <c>dotnet</c> with the assembly when it runs under that.</summary>
    public static IReadOnlyList<string> Command
    {
        get
        {
            string executable = Environment.ProcessPath ?? throw new InvalidOperationException("The operating system does not say what program this is.");
            string assembly = Path.Combine(AppContext.BaseDirectory, "orrery.dll");
            return Path.GetFileNameWithoutExtension(executable) == "dotnet" ? [executable, assembly] : [executable];
        }
    }
}
