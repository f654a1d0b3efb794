namespace Orrery.Api.Tests.Ring;

/// <summary>
/// Requests that are sent one after the other, from a file of this form; <c>{{ns}}</c> is a namespace of the scenario's own.
/// <code>
///   # What it is about.
///   ### the step's name
///   POST /api/v1/namespaces/{{ns}}/secrets?dryRun=All
///   Content-Type: application/json
///
///   {"the": "body"}
/// </code>
/// </summary>
internal sealed record Scenario(string Name, IReadOnlyList<Ask> Asks)
{
    private const string StepMark = "### ";

    public static string Folder => Repository.File("tests", "Orrery.Api.Tests", "Ring", "Scenarios");

    public static IReadOnlyList<string> Names { get; } = [.. Directory.GetFiles(Folder, "*.http").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public string Namespace => $"ring-{Name}";

    public static Scenario Read(string name) => Parse(name, File.ReadAllText(Path.Combine(Folder, $"{name}.http")));

    public static Scenario Parse(string name, string text)
    {
        var steps = text.Split('\n').Aggregate(new List<List<string>>(), (steps, line) =>
        {
            if (line.StartsWith(StepMark, StringComparison.Ordinal))
                steps.Add([line[StepMark.Length..].Trim()]);
            else if (steps.Count > 0)
                steps[^1].Add(line);
            return steps;
        });
        var asks = steps.Select(Step).ToList();
        var twice = asks.GroupBy(a => a.Step).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        return twice.Count == 0 ? new Scenario(name, asks) : throw new FormatException($"{name}: more than one step is named {string.Join(", ", twice)}");
    }

    private static Ask Step(List<string> lines)
    {
        if (lines.Count < 2 || lines[1].Split(' ', 2) is not [var method, var path])
            throw new FormatException($"step '{lines[0]}': the second line must be a method and a path");
        var headers = lines.Skip(2).TakeWhile(l => l.Length > 0).Select(l => l.Split(": ", 2) is [var name, var value] ? (name, value) : throw new FormatException($"step '{lines[0]}': '{l}' is no header")).ToList();
        string body = string.Join('\n', lines.Skip(2 + headers.Count)).Trim();
        return new Ask(lines[0], method, path, headers, body.Length > 0 ? body : null);
    }
}
