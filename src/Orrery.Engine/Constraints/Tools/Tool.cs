using System.Text.Json;

namespace Orrery.Engine.Constraints.Tools;

/// <summary>A function that a model may call.</summary>
/// <param name="Name">1 to 64 letters, digits, underscores and hyphens, as the OpenAI API has it.</param>
/// <param name="Parameters">The JSON schema of its arguments; null: it has none and is called with <c>{}</c>.</param>
public sealed record Tool(string Name, JsonElement? Parameters);
