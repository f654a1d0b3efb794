namespace Orrery.Cli;

/// <summary>The process's own streams: the one place beside Program that touches the console.</summary>
internal static class StandardStreams
{
#pragma warning disable RS0030 // The rule points everybody else here.
    public static Stream Input() => Console.OpenStandardInput();

    public static Stream Output() => Console.OpenStandardOutput();
#pragma warning restore RS0030
}
