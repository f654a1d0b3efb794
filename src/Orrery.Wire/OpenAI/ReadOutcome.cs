namespace Orrery.Wire.OpenAI;

/// <summary>How reading a request ended.</summary>
public abstract record ReadOutcome<T>
{
    public sealed record Ok(T Request) : ReadOutcome<T>;

    /// <param name="Error">Names the parameter that is at fault.</param>
    public sealed record Refused(OpenAIError Error) : ReadOutcome<T>;
}
