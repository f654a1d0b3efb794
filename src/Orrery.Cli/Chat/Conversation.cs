using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Chat;

/// <summary>Who said it (<c>user</c> or <c>assistant</c>) and what.</summary>
internal sealed record Turn(string Role, string Text);

/// <summary>A conversation so far. Every change is a new one, so a turn that fails leaves it as it was.</summary>
internal sealed record Conversation
{
    public static Conversation Empty { get; } = new();

    /// <summary>Stands before all turns; null: there is none.</summary>
    public string? System { get; init; }

    public ImmutableArray<Turn> Turns { get; init; } = [];

    public Conversation With(string role, string text) => this with { Turns = Turns.Add(new Turn(role, text)) };

    /// <summary>Without its oldest question and answer. Null: only one question is left, so nothing can be dropped.</summary>
    public Conversation? WithoutOldest()
    {
        int next = Turns.Skip(1).TakeWhile(t => t.Role != "user").Count() + 1;
        return next < Turns.Length ? this with { Turns = Turns[next..] } : null;
    }

    /// <summary>As the API wants it, and as it is saved.</summary>
    public JsonArray Messages()
    {
        var turns = System is null ? Turns : Turns.Insert(0, new Turn("system", System));
        return new JsonArray([.. turns.Select(t => (JsonNode)new JsonObject { ["role"] = t.Role, ["content"] = t.Text })]);
    }
}
