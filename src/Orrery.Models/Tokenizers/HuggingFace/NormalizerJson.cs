using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Normalizers;
using Orrery.Models.Tokenizers.Unicode;

namespace Orrery.Models.Tokenizers.HuggingFace;

internal static class NormalizerJson
{
    public static Normalizer Read(JsonPart step)
    {
        string type = step.Get("type").Text();
        return type switch
        {
            "Sequence" => new Normalizer.Chain([.. Steps.Of(step, "normalizers").Select(Read)]),
            "NFC" => new Normalizer.Form(UnicodeForm.Nfc),
            "NFD" => new Normalizer.Form(UnicodeForm.Nfd),
            "NFKC" => new Normalizer.Form(UnicodeForm.Nfkc),
            "NFKD" => new Normalizer.Form(UnicodeForm.Nfkd),
            "Lowercase" => new Normalizer.Lowercase(),
            "StripAccents" => new Normalizer.StripAccents(),
            "Strip" => new Normalizer.Strip(step.TruthOf("strip_left") ?? true, step.TruthOf("strip_right") ?? true),
            "Prepend" => new Normalizer.Prepend(Short(step.Get("prepend"))),
            "Replace" => Replace(step),
            "BertNormalizer" => Bert(step),
            "Precompiled" => Precompiled(step),
            _ => throw step.Invalid($"is of type {InvalidModelFileException.Quote(type)}, which is not implemented", "Use another model."),
        };
    }

    private static Normalizer Replace(JsonPart step)
    {
        string by = Short(step.Get("content"));
        return PatternJson.Read(step) switch
        {
            ({ } text, _) => new Normalizer.Replace(text, by),
            (_, { } pattern) => new Normalizer.ReplacePattern(pattern, by),
            _ => throw step.Invalid("has no pattern"),
        };
    }

    private static BertNormalizer Bert(JsonPart step)
    {
        bool lowercase = step.TruthOf("lowercase") ?? true;
        return new BertNormalizer(
            step.TruthOf("clean_text") ?? true, step.TruthOf("handle_chinese_chars") ?? true, stripAccents: step.TruthOf("strip_accents") ?? lowercase, lowercase);
    }

    private static Normalizer Precompiled(JsonPart step)
    {
        if (step.Find("precompiled_charsmap") is not { } encoded)
            return Normalizer.None;
        string text = encoded.Text();
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int count) && CharacterMap.Read(bytes.AsSpan(0, count)) is { } map
            ? map
            : throw encoded.Invalid("is no map of characters in base64");
    }

    /// <summary>What one step puts into a text again and again must not blow it up.</summary>
    private static string Short(JsonPart part)
    {
        const int Most = 16;
        string text = part.Text();
        return text.Length <= Most ? text : throw part.Invalid($"has {text.Length} characters; at most {Most} may be put into a text");
    }
}
