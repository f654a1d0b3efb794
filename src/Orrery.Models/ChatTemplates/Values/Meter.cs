using System.Runtime.CompilerServices;

namespace Orrery.Models.ChatTemplates.Values;

/// <summary>Counts what one rendering costs and ends it at its bounds. Whoever loops, copies or recurses tells it first.</summary>
internal sealed class Meter(ChatTemplateOptions options)
{
    private const int CharsPerStep = 64;

    private const int ComparedCharsPerStep = 2048;

    private const int CharsPerElement = 32;

    private long _steps;
    private long _chars;
    private int _depth;

    /// <summary>Of the template, where the rendering is.</summary>
    public int Line { get; set; }

    public ChatTemplateOptions Options => options;

    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps > options.MaxSteps)
            throw new TemplateFailure($"it takes more than {options.MaxSteps} steps, the bound");
    }

    /// <summary>Text that is about to be gone through once.</summary>
    public void Read(long chars) => Step(1 + chars / CharsPerStep);

    /// <summary>Text that is about to be searched for another. At worst, in texts made for it, nearly all of the part is compared at every place.</summary>
    public void Search(long chars, long partChars)
    {
        Read(chars + partChars);
        Step(chars * partChars / ComparedCharsPerStep);
    }

    /// <summary>Text that is about to be made.</summary>
    public void Make(long chars)
    {
        Read(chars);
        _chars += chars;
        if (_chars > options.MaxMadeChars)
            throw new TemplateFailure($"it makes more than {options.MaxMadeChars} characters of text and lists, the bound");
    }

    /// <summary>Elements of a list that is about to be made.</summary>
    public void MakeElements(long count)
    {
        Step(count);
        Make(count * CharsPerElement);
    }

    /// <summary>One recursion deeper.</summary>
    public void Enter()
    {
        Step();
        if (++_depth > options.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFailure($"it goes more than {options.MaxDepth} evaluations deep, the bound");
    }

    public void Leave() => _depth--;
}
