namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>A pattern that is malformed or asks for more than there is here. The message says what and where.</summary>
internal sealed class PatternException(string problem) : Exception(problem);
