using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;

namespace Orrery.Cli.Completion;

/// <summary>Answers what could stand at the cursor; live names come from the server that the command line is about. Silence is the answer to every trouble.</summary>
internal static class Completer
{
    // A person waits for the Tab key.
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(2);

    // Nobody reads a longer list, and the shell asks before it shows one.
    private const int MaxWords = 500;

    /// <param name="parsed">The command line that is being written, for its server and namespace.</param>
    /// <param name="current">What is being written.</param>
    public static async Task<IReadOnlyList<string>> AnswerAsync(CompletionQuestion question, ParseResult parsed, string current, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(Within);
        try
        {
            var words = await WordsAsync(question, parsed, current, late.Token);
            return [.. words.Where(w => w.StartsWith(current, StringComparison.Ordinal)).Distinct().Take(MaxWords)];
        }
        catch (Exception e) when (e is CliException or OperationCanceledException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The last is how the parser says that the line is not whole.
            return [];
        }
    }

    private static async Task<IEnumerable<string>> WordsAsync(CompletionQuestion question, ParseResult parsed, string current, CancellationToken ct)
    {
        switch (question)
        {
            case CompletionQuestion.Words words:
                return words.All;
            case CompletionQuestion.Contexts:
                return ContextChoice.Of(parsed).Read().Contexts.Keys.Order(StringComparer.Ordinal);
            case CompletionQuestion.Shell:
                return [];
        }
        using var session = ApiSession.Open(parsed);
        if (question is CompletionQuestion.Objects objects)
            return (await NamesAsync(session, objects.Kind, session.Namespace(parsed), ct)).Select(n => objects.Prefix + n);

        // Of a list with commas the last word is being written. Short names only for those who began one.
        string before = current[..(current.LastIndexOf(',') + 1)], last = current[before.Length..];
        var kinds = (await session.CatalogAsync(ct)).Resources;
        var names = kinds.Select(k => k.Plural).Concat(last.Length == 0 ? [] : kinds.SelectMany(k => k.ShortNames.Append(k.One)));
        return names.Order(StringComparer.Ordinal).Select(n => before + n);
    }

    private static async Task<IEnumerable<string>> NamesAsync(ApiSession session, string kindWord, string ns, CancellationToken ct)
    {
        var kinds = await session.ResolveAsync(c => c.Named(kindWord), ct);
        List<string> names = [];
        foreach (var kind in kinds)
        {
            var list = await session.Client.ListAsync(kind, new ListQuery(ns, Table: true), ct);
            names.AddRange(
                (list["rows"] as JsonArray)?.Select(r => r!["object"]?["metadata"]?["name"]?.ToString() ?? "")
                ?? (list["items"] as JsonArray ?? []).Select(i => i!["metadata"]!["name"]!.ToString()));
        }
        return names;
    }
}
