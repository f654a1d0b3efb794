using System.CommandLine;
using Orrery.Cli.Commands;
using Spectre.Console;

namespace Orrery.Cli.Tests;

public sealed class LastWordTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Of(string command)
        => LastWord.Of(
            new InvalidDataException("It is broken."),
            new RootCommand { CommonOptions.Home, UpCommand.Create(AnsiConsole.Create(new AnsiConsoleSettings())), SuperviseCommand.Create() }
                .Parse([command, .. command == "supervise" ? ["x"] : (string[])[], "--home", _folder.File("home")]));

    [Fact]
    public void Of_up_the_line_names_the_log_and_the_log_has_all_of_it()
    {
        Directory.CreateDirectory(_folder.File("home/logs"));

        string line = Of("up");

        Assert.Equal($"Something unforeseen: It is broken (InvalidDataException). The log is {_folder.File("home/logs/up.log")}", line);
        Assert.Contains("System.IO.InvalidDataException: It is broken.", File.ReadAllText(_folder.File("home/logs/up.log")));
    }

    [Fact]
    public void Without_a_log_the_line_names_none()
    {
        Assert.DoesNotContain("log", Of("up"));
        Assert.DoesNotContain("log", Of("supervise"));
    }
}
