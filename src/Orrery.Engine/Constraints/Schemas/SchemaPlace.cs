using System.Text.Json;

namespace Orrery.Engine.Constraints.Schemas;

/// <summary>A schema inside of the whole one.</summary>
/// <param name="Pointer">Where; within one whole schema the same pointer is the same schema.</param>
internal sealed record SchemaPlace(string Pointer, JsonElement Element)
{
    private static readonly JsonElement Falsehood = JsonDocument.Parse("false").RootElement;

    public bool IsFalse => Element.ValueKind == JsonValueKind.False;

    public SchemaPlace At(string name, JsonElement element)
        => new($"{Pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", element);

    /// <summary>Nothing fits, for a reason that this place gives.</summary>
    public SchemaPlace Nothing => new($"{Pointer}/false", Falsehood);
}
