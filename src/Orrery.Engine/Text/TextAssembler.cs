using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Text;

/// <summary>From sampled tokens to the text that may be shown: whole characters, without stop strings.</summary>
internal sealed class TextAssembler(Tokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly Utf8Stream _characters = new();
    private readonly StopMatcher _stops = new(stops);

    public bool Stopped => _stops.Found;

    /// <summary>What stands before a control token is certain by then: neither a character nor a stop string reaches over it.</summary>
    public string Append(int token) => tokenizer.BytesOf(token) is { IsEmpty: false } bytes ? _stops.Append(_characters.Append(bytes)) : Finish();

    /// <returns>What was held back for characters or stop strings that did not come.</returns>
    public string Finish() => _stops.Append(_characters.Finish()) + _stops.Finish();
}
