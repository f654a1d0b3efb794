using Orrery.Models.ChatTemplates.Syntax;
using Orrery.Models.ChatTemplates.Values;

namespace Orrery.Models.ChatTemplates.Evaluation;

/// <summary>Values into variables, several at once from a list, or into a namespace.</summary>
internal static class Assignment
{
    public static void To(Target target, Value value, Scope scope, Meter meter)
    {
        switch (target)
        {
            case Target.Name name:
                scope.Set(name.Text, value);
                break;
            case Target.Member member:
                if (scope.Get(member.Namespace) is not Value.Namespace space)
                    throw new TemplateFailure($"{TemplateMessage.Quote(member.Namespace)} is no namespace; only a namespace's attributes can be set");
                space.Attributes[member.Attribute] = value;
                break;
            case Target.Tuple tuple:
                var items = Elements.Of(value, meter);
                if (items.Count != tuple.Items.Count)
                    throw new TemplateFailure($"{tuple.Items.Count} variables cannot take the {items.Count} elements of {value.Kind}");
                for (int i = 0; i < items.Count; i++)
                    To(tuple.Items[i], items[i], scope, meter);
                break;
        }
    }
}
