using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary>POST /v1/embeddings: texts to make vectors of.</summary>
/// <param name="Model">As sent; may be empty for a server that has only one.</param>
/// <param name="Inputs">At least one, each in the forms of a prompt.</param>
/// <param name="AsBase64">The vectors are wanted as base64 of little-endian f32 instead of as numbers.</param>
/// <param name="Dimensions">Null: as many as the model gives.</param>
public sealed record EmbeddingRequest(string Model, IReadOnlyList<CompletionPrompt> Inputs, bool AsBase64, int? Dimensions)
{
    /// <summary>Most texts of one request.</summary>
    public const int MaxInputs = 2048;

    private const string Shapes = "'input' must be a string, an array of strings, an array of token ids, or an array of such arrays.";

    /// <param name="utf8">The whole body.</param>
    public static ReadOutcome<EmbeddingRequest> Read(ReadOnlyMemory<byte> utf8) => FieldReader.Read(utf8, fields =>
    {
        string format = fields.Text("encoding_format") ?? "float";
        if (format is not ("float" or "base64"))
            fields.Refuse("encoding_format", $"'encoding_format' is '{format}'; it must be float or base64.");
        return new EmbeddingRequest(
            fields.Text("model") ?? "", InputsOf(fields), format == "base64", fields.Integer("dimensions", 1, int.MaxValue));
    });

    private static IReadOnlyList<CompletionPrompt> InputsOf(FieldReader fields)
    {
        switch (fields.Any("input"))
        {
            case { ValueKind: JsonValueKind.String } text:
                return [new CompletionPrompt.Text(text.GetString()!)];
            case { ValueKind: JsonValueKind.Array } ids when IdsOf(ids) is { } tokens:
                return [tokens];
            case { ValueKind: JsonValueKind.Array } several when several.GetArrayLength() is > 0 and var count:
                if (count > MaxInputs)
                {
                    fields.Refuse("input", $"'input' holds {count} texts; at most {MaxInputs} are allowed. Send them in several requests.");
                    return [];
                }
                var inputs = several.EnumerateArray().Select(InputOf).ToList();
                if (inputs.Contains(null))
                    fields.Refuse("input", Shapes);
                return [.. inputs.OfType<CompletionPrompt>()];
            default:
                fields.Refuse("input", Shapes);
                return [];
        }
    }

    private static CompletionPrompt? InputOf(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.String => new CompletionPrompt.Text(input.GetString()!),
        JsonValueKind.Array => IdsOf(input),
        _ => null,
    };

    /// <summary>Null: not an array of whole numbers, or an empty one.</summary>
    private static CompletionPrompt.Tokens? IdsOf(JsonElement array)
    {
        if (array.GetArrayLength() == 0)
            return null;
        var ids = new List<int>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int id))
                return null;
            ids.Add(id);
        }
        return new CompletionPrompt.Tokens(ids);
    }
}
