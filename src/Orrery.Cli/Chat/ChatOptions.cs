namespace Orrery.Cli.Chat;

/// <param name="MaxTokens">Of each answer.</param>
internal sealed record ChatOptions(string Model, int MaxTokens, float Temperature, long? Seed);
