using System.Text;

namespace Orrery.Models.Tokenizers.Decoders;

/// <summary>How tokens become text.</summary>
/// <param name="Steps">Asked in order for each token.</param>
/// <param name="DropsAtStart">How many of <see cref="Dropped"/> are taken off where a text begins.</param>
/// <param name="DropsAtEnd">How many are taken off where it ends.</param>
internal sealed record Decoding(IReadOnlyList<TokenDecoder> Steps, int DropsAtStart = 0, int DropsAtEnd = 0, char Dropped = ' ')
{
    public byte[] Bytes(string token)
    {
        foreach (var step in Steps)
        {
            if (step.Bytes(ref token) is { } bytes)
                return bytes;
        }
        return Encoding.UTF8.GetBytes(token);
    }

    public string Trim(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && start < DropsAtStart && text[start] == Dropped)
            start++;
        while (end > start && text.Length - end < DropsAtEnd && text[end - 1] == Dropped)
            end--;
        return text[start..end];
    }
}
