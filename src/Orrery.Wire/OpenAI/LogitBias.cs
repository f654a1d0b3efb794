using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace Orrery.Wire.OpenAI;

/// <summary><c>logit_bias</c>: an object with token ids for names, such as <c>{"50256": -100}</c>. Of a name that comes twice the last counts.</summary>
internal static class LogitBias
{
    private const string Name = "logit_bias";

    public static IReadOnlyDictionary<int, float> Read(FieldReader fields)
    {
        if (fields.Any(Name) is not { } value)
            return ReadOnlyDictionary<int, float>.Empty;
        if (value.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Name, $"'{Name}' must be an object from token ids to numbers from -100 to 100.");
            return ReadOnlyDictionary<int, float>.Empty;
        }

        var biases = new Dictionary<int, float>();
        foreach (var entry in value.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int token))
                fields.Refuse(Name, $"'{Name}' has the name '{Shown(entry.Name)}'; names must be token ids, such as \"50256\". POST /v1/tokenize gives those of a text.");
            else if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetSingle(out float bias) || bias is not (>= -100 and <= 100))
                fields.Refuse(Name, $"'{Name}' gives token {token} the bias {Shown(entry.Value.GetRawText())}; it must be a number from -100 to 100.");
            else
                biases[token] = bias;
        }
        return biases.Count == 0 ? ReadOnlyDictionary<int, float>.Empty : biases;
    }

    private static string Shown(string text)
    {
        const int Most = 40;
        return text.Length <= Most ? text : text[..(char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most)] + "…";
    }
}
