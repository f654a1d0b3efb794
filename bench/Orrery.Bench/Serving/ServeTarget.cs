namespace Orrery.Bench.Serving;

/// <summary>A server of one model over the OpenAI API.</summary>
/// <param name="Name">As figures call it.</param>
internal sealed record ServeTarget(string Name, Uri Address, string Model, string? Key = null);
