using System.Text;

namespace Orrery.Models.ChatTemplates.Values;

/// <summary>A text under construction, each piece counted before it is appended.</summary>
internal sealed class MeteredText(Meter meter)
{
    private readonly StringBuilder _text = new();

    public Meter Meter => meter;

    public MeteredText Append(ReadOnlySpan<char> text)
    {
        meter.Make(text.Length);
        if (_text.Length + (long)text.Length > meter.Options.MaxOutputChars)
            throw new TemplateFailure($"it makes a text of more than {meter.Options.MaxOutputChars} characters, the bound");
        _text.Append(text);
        return this;
    }

    public MeteredText Append(char c) => Append([c]);

    public override string ToString() => _text.ToString();
}
