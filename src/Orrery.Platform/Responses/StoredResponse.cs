using System.Text;

namespace Orrery.Platform.Responses;

/// <summary>A response that somebody may come back to.</summary>
/// <param name="Owner">Name of the caller who asked; to all others it is not there.</param>
/// <param name="Previous">The one that it goes on from. Null: none.</param>
/// <param name="Expires">From then on it is not there.</param>
/// <param name="Input">Items of the request, a JSON array.</param>
/// <param name="Response">The whole object, JSON.</param>
public sealed record StoredResponse(string Id, string Owner, string? Previous, DateTimeOffset Created, DateTimeOffset Expires, string Input, string Response)
{
    /// <summary>What it counts of its owner's bound: input and response in UTF-8.</summary>
    public long Bytes => Encoding.UTF8.GetByteCount(Input) + (long)Encoding.UTF8.GetByteCount(Response);
}

/// <summary>A conversation that ends with a stored response, or why there is none.</summary>
public abstract record StoredConversation
{
    private StoredConversation()
    {
    }

    /// <param name="Turns">Oldest first.</param>
    public sealed record Found(IReadOnlyList<StoredResponse> Turns) : StoredConversation;

    /// <param name="Id">Of the response that is not there: the one asked for, or one before it.</param>
    public sealed record Missing(string Id) : StoredConversation;

    /// <summary>Larger than the bound, or of more turns than are read.</summary>
    public sealed record TooLong : StoredConversation;
}
