namespace Orrery.Replica.Tools;

/// <summary>Where one is in a JSON text that is read character by character.</summary>
internal struct JsonNesting
{
    private bool _escaped;

    /// <summary>Brackets that are open.</summary>
    public int Depth { get; private set; }

    public bool InString { get; private set; }

    public void Read(char c)
    {
        if (_escaped)
            _escaped = false;
        else if (InString)
            (_escaped, InString) = (c == '\\', c != '"');
        else if (c == '"')
            InString = true;
        else if (c is '{' or '[')
            Depth++;
        else if (c is '}' or ']')
            Depth--;
    }
}
