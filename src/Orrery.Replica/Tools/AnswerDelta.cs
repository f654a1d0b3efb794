namespace Orrery.Replica.Tools;

/// <summary>What a piece of an answer adds: text, and parts of calls, which come behind it.</summary>
internal sealed record AnswerDelta(string Text, IReadOnlyList<CallDelta> Calls);

/// <param name="Index">Of the call in the answer, from 0.</param>
/// <param name="Name">Of the function, where the call begins here; null where it goes on.</param>
/// <param name="Arguments">The next part of them, JSON as the model writes it; may be empty.</param>
internal sealed record CallDelta(int Index, string? Name, string Arguments);
