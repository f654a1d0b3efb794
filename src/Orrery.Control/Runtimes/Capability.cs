namespace Orrery.Control.Runtimes;

/// <summary>OME has older and newer words for the same abilities of models. Pure.</summary>
internal static class Capability
{
    public static bool IsSame(string a, string b) => Modern(a) == Modern(b);

    public static bool IsEmbedding(string capability) => Modern(capability) == "EMBEDDING";

    private static string Modern(string capability) => capability switch
    {
        "TEXT_GENERATION" or "TEXT_SUMMARIZATION" or "CHAT" => "TEXT_TO_TEXT",
        "TEXT_EMBEDDINGS" => "EMBEDDING",
        "TEXT_RERANK" => "RERANK",
        "VISION" => "IMAGE_TEXT_TO_TEXT",
        _ => capability,
    };
}
