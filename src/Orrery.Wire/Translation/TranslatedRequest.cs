using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Translation;

/// <summary>What a request of another API came to.</summary>
public abstract record TranslatedRequest
{
    private TranslatedRequest()
    {
    }

    /// <param name="Path">Of OpenAI's API, that it goes to.</param>
    /// <param name="Body">As that path takes it, JSON in UTF-8.</param>
    /// <param name="Answer">Makes its answer into that of the other API.</param>
    public sealed record To(string Path, ReadOnlyMemory<byte> Body, IAnswerTranslation Answer) : TranslatedRequest;

    public sealed record Refused(OpenAIError Error) : TranslatedRequest;
}
