using Orrery.Models.Json;
using Orrery.Models.Tokenizers.Added;

namespace Orrery.Models.Tokenizers.HuggingFace;

internal static class AddedTokensJson
{
    public static IReadOnlyList<AddedToken> Read(JsonPart json)
    {
        if (json.Find("added_tokens") is not { } list)
            return [];
        var tokens = new List<AddedToken>(list.Count());
        foreach (var item in list.Items())
        {
            string content = item.Get("content").Text();
            if (content.Length is 0 or > AddedToken.MaxChars)
                throw item.Invalid($"has a content of {content.Length} characters; 1 to {AddedToken.MaxChars} are possible");
            bool special = item.TruthOf("special") ?? false;
            tokens.Add(new AddedToken(
                (int)item.Get("id").WholeNumber(0, TokenizerJson.MaxTokens - 1),
                content,
                special,
                TakesLeft: item.TruthOf("lstrip") ?? false,
                TakesRight: item.TruthOf("rstrip") ?? false,
                SingleWord: item.TruthOf("single_word") ?? false,
                Normalized: item.TruthOf("normalized") ?? !special));
        }
        return tokens;
    }
}
