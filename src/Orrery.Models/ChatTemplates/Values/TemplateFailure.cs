namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Ends a rendering from any depth. Never leaves <see cref="ChatTemplate.Render"/>.</summary>
/// <param name="refused">The template's own <c>raise_exception</c>.</param>
internal sealed class TemplateFailure(string message, bool refused = false) : Exception(message)
{
    public bool Refused { get; } = refused;
}
