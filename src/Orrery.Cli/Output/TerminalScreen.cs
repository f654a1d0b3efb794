using System.Text;

namespace Orrery.Cli.Output;

/// <summary>
/// The second screen of a terminal, for what is shown anew in place. Disposing gives the first one back as it was, with its cursor.
/// Sequences are those of xterm, which every terminal in use knows.
/// </summary>
internal sealed class TerminalScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Top = "\e[H";
    private const string ClearLine = "\e[K";
    private const string ClearRest = "\e[J";

    private readonly TextWriter _output;
    private readonly Func<(int Width, int Height)> _size;

    /// <param name="size">Asked before each text: a window may change.</param>
    public TerminalScreen(TextWriter output, Func<(int Width, int Height)> size)
    {
        _output = output;
        _size = size;
        _output.Write(Enter);
        _output.Flush();
    }

    /// <summary>Shows as much of the text as has room.</summary>
    public void Show(string text)
    {
        var (width, height) = _size();
        _output.Write(Frame(text, width, height));
        _output.Flush();
    }

    public void Dispose()
    {
        _output.Write(Leave);
        _output.Flush();
    }

    /// <summary>Overwrites what was there before, without a moment in which nothing is. The last line says how many there is no room for. Pure.</summary>
    internal static string Frame(string text, int width, int height)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        int shown = lines.Length <= height ? lines.Length : Math.Max(0, height - 1);
        var frame = new StringBuilder(Top);
        for (int i = 0; i < shown; i++)
            frame.Append(Cut(lines[i], width)).Append(ClearLine).Append(i < shown - 1 || shown < lines.Length ? "\r\n" : "");
        if (shown < lines.Length)
            frame.Append(Cut($"… {lines.Length - shown} more lines", width)).Append(ClearLine);
        return frame.Append(ClearRest).ToString();
    }

    private static string Cut(string line, int width) => line.Length <= width ? line : line[..Math.Max(0, width)];
}
