using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Store;
using Orrery.Resources.Text;

namespace Orrery.Api.Objects;

/// <summary>What the query of a write says beside the object: who writes, whether in earnest, and whether against the will of others.</summary>
internal sealed record WriteQuery(WriteOptions Options, bool Force)
{
    private const int MaxManagerLength = 128;

    /// <param name="options">Kubernetes' name for the query of this verb: <c>CreateOptions</c> and so on. Only <c>PatchOptions</c> has force.</param>
    /// <param name="isApply">True: a manager must be named, and may force.</param>
    public static (WriteQuery? Query, Refusal? Refusal) Of(HttpRequest request, string options, bool isApply = false)
    {
        var problems = new List<string>();
        string? manager = request.Query["fieldManager"].FirstOrDefault() is { Length: > 0 } named ? named : null;
        if (manager?.Length > MaxManagerLength)
            problems.Add($"fieldManager: Too long: may not be longer than {MaxManagerLength}");
        else if (manager is not null && manager.EnumerateRunes().Any(r => !IsPrintable(r)))
            problems.Add("fieldManager: Invalid value: should only contain printable characters");
        if (isApply && manager is null)
            problems.Add("fieldManager: Required value: is required for apply patch");

        string? force = request.Query["force"].FirstOrDefault();
        if (force is not (null or "" or "true" or "false" or "1" or "0"))
            problems.Add($"force: Invalid value: '{Excerpt.Of(force)}' must be true or false");
        else if (force is { Length: > 0 } && options == "PatchOptions" && !isApply)
            problems.Add("force: Forbidden: may not be specified for non-apply patch");

        bool dryRun = false;
        foreach (string? value in request.Query["dryRun"])
        {
            if (value is "All")
                dryRun = true;
            else if (value is { Length: > 0 })
                problems.Add(DryRunProblem(value));
        }
        return problems.Count > 0
            ? (null, Refusal.InvalidOptions(options, problems))
            : (new WriteQuery(new WriteOptions { FieldManager = manager ?? FromUserAgent(request.Headers.UserAgent.ToString()), DryRun = dryRun }, force is "true" or "1"), null);
    }

    public static string DryRunProblem(string value) => $"dryRun: Unsupported value: \"{Excerpt.Of(value)}\": supported values: \"All\"";

    /// <summary>What stands before the first slash: the program's name.</summary>
    private static string FromUserAgent(string agent)
    {
        var name = new StringBuilder();
        foreach (var rune in agent.Split('/')[0].EnumerateRunes())
        {
            if (IsPrintable(rune) && name.Length + rune.Utf16SequenceLength <= MaxManagerLength)
                name.Append(rune);
        }
        return name.Length > 0 ? name.ToString() : "unknown";
    }

    private static bool IsPrintable(Rune rune) => !Rune.IsControl(rune) && (rune.Value == ' ' || !Rune.IsWhiteSpace(rune)) && rune != Rune.ReplacementChar;
}
