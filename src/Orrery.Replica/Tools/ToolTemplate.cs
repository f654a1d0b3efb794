using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Constraints.Tools;
using Orrery.Models.ChatTemplates;

namespace Orrery.Replica.Tools;

/// <summary>How one model is shown tools: by its chat template where that shows calls in a form that is read here, else as text of the conversation.</summary>
/// <param name="template">Null: the model has none.</param>
internal sealed class ToolTemplate(ChatTemplate? template)
{
    private const int ShortId = 9;

    private readonly Lazy<(ToolCallForm? Own, bool HasSystem)> _found = new(() =>
    {
        if (template is null)
            return (null, true);
        var probe = ToolProbe.Of(template);
        return (probe.Call is { } call ? ToolCallForm.WrittenIn(call, ToolProbe.Tool) : null, probe.HasSystem);
    });

    /// <summary>How this model writes calls.</summary>
    public ToolCallForm Form => _found.Value.Own ?? GenericTools.Form;

    public Conversation Of(Conversation conversation)
        => !conversation.UsesTools || _found.Value.Own is not null ? conversation : GenericTools.Of(conversation, _found.Value.HasSystem);

    /// <summary>Mistral's templates refuse ids that are not nine letters and digits; what a client sends may come from another model.</summary>
    public string IdOf(string id)
        => Form != ToolCallForm.Mistral || (id.Length == ShortId && id.All(char.IsAsciiLetterOrDigit))
            ? id
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..ShortId];
}
