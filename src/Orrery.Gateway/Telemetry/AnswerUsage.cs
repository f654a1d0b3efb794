namespace Orrery.Gateway.Telemetry;

/// <summary>What an answer says of its tokens; null: it does not say.</summary>
/// <param name="Cached">Of the prompt, those that the replica had in its cache.</param>
internal readonly record struct AnswerUsage(long? Prompt, long? Completion, long? Cached);
