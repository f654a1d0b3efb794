using System.CommandLine;
using Orrery.Cli.Commands;

namespace Orrery.Cli;

/// <summary>What is said of an exception that no part of the program foresaw.</summary>
internal static class LastWord
{
    /// <summary>One line. For <c>up</c> the whole exception goes to its log, and the line says where that is.</summary>
    public static string Of(Exception exception, ParseResult parsed)
    {
        string line = $"Something unforeseen: {exception.Message.TrimEnd('.')} ({exception.GetType().Name}).";
        if (parsed.CommandResult.Command.Name != UpCommand.Name)
            return line;
        try
        {
            string log = Path.Combine(CommonOptions.HomePath(parsed), "logs", "up.log");
            File.AppendAllText(log, $"{exception}\n");
            return $"{line} The log is {log}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Client.CliException)
        {
            return line;
        }
    }
}
