namespace Orrery.Cli.Client;

/// <summary>A message for the person at the terminal: one line on stderr and exit code 1.</summary>
internal class CliException(string message) : Exception(message);
