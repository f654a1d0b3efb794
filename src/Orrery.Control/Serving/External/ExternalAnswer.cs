using Orrery.Resources.Serving;

namespace Orrery.Control.Serving.External;

/// <summary>Which server is asked, and how.</summary>
/// <param name="Namespace">Of the Secret that holds the key.</param>
/// <param name="Model">What the server should call the model.</param>
/// <param name="KeyVersion">Of that Secret, so that another key is tried at once. Null: there is none.</param>
public sealed record ExternalQuestion(string Namespace, ExternalEndpoint Endpoint, string Model, string? KeyVersion);

/// <summary>How a server that runs elsewhere answered. Without figures that change from one time to the next.</summary>
public abstract record ExternalAnswer
{
    /// <param name="Note">What one should know all the same; null: nothing.</param>
    public sealed record Answers(string? Note) : ExternalAnswer;

    /// <param name="Reason">One CamelCase word.</param>
    /// <param name="Message">With the address and what to do; never the key.</param>
    public sealed record Fails(string Reason, string Message) : ExternalAnswer;
}

/// <summary>Asks servers that run elsewhere whether they answer.</summary>
public interface IExternalProbe
{
    /// <summary>One question, within bounds of its own in time and size. What goes wrong over there is an answer.</summary>
    Task<ExternalAnswer> AskAsync(ExternalQuestion question, CancellationToken ct);
}
