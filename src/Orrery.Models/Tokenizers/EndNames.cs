using Orrery.Models.Tokenizers.Added;
using Orrery.Models.Tokenizers.Subwords;

namespace Orrery.Models.Tokenizers;

/// <summary>Control tokens that end a turn in every model that has them; files often name only the one that ends a text.</summary>
internal static class EndNames
{
    private static readonly string[] Known =
        ["<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<|EOT|>", "<EOT>", "<｜end▁of▁sentence｜>"];

    public static IEnumerable<int> Among(IEnumerable<AddedToken> control)
        => control.Where(token => Known.Contains(token.Content, StringComparer.Ordinal)).Select(token => token.Id);

    public static IEnumerable<int> Among(Vocabulary vocabulary, IEnumerable<int> control)
    {
        var ids = control.ToHashSet();
        return Known.Select(vocabulary.Find).OfType<int>().Where(ids.Contains);
    }
}
