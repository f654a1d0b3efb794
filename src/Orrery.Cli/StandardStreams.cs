using System.Text;
using Orrery.Cli.Output;

namespace Orrery.Cli;

/// <summary>The process's own streams: the one place beside Program that touches the console.</summary>
internal static class StandardStreams
{
#pragma warning disable RS0030 // The rule points everybody else here.
    public static Stream Input() => Console.OpenStandardInput();

    public static Stream Output() => Console.OpenStandardOutput();

    /// <summary>From here on the console writes through <see cref="GuardedOutput"/>.</summary>
    public static void GuardOutput()
        => Console.SetOut(new StreamWriter(new GuardedOutput(Output()), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
#pragma warning restore RS0030
}
