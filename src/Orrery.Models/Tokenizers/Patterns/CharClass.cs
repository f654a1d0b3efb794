using System.Globalization;
using System.Text;

namespace Orrery.Models.Tokenizers.Patterns;

/// <summary>A set of Unicode characters: one step of a pattern. Characters are code points, so that letters beyond 16 bits count as letters.</summary>
internal sealed class CharClass
{
    // Differ from a letter of ASCII in case only; .NET keeps them apart.
    private const int LongS = 0x17F, KelvinSign = 0x212A;

    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<CharClass> _members = [];
    private readonly List<CharClass> _required = [];
    private uint _categories;                                           // bit per UnicodeCategory
    private UInt128 _ascii;
    private bool _sealed;

    public static CharClass WhiteSpace { get; } = new CharClass()
        .Add(9, 13).Add(0x20, 0x20).Add(0x85, 0x85).Add(0xA0, 0xA0).Add(0x1680, 0x1680).Add(0x2000, 0x200A)
        .Add(0x2028, 0x2029).Add(0x202F, 0x202F).Add(0x205F, 0x205F).Add(0x3000, 0x3000).Seal();

    public static CharClass Digit { get; } = OfCategories(UnicodeCategory.DecimalDigitNumber).Seal();

    public static CharClass Word { get; } = OfCategories(
        UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter, UnicodeCategory.ModifierLetter, UnicodeCategory.OtherLetter,
        UnicodeCategory.NonSpacingMark, UnicodeCategory.SpacingCombiningMark, UnicodeCategory.EnclosingMark,
        UnicodeCategory.DecimalDigitNumber, UnicodeCategory.ConnectorPunctuation).Seal();

    public bool Negated { get; init; }

    /// <summary>Characters that differ from a member in case only are members too.</summary>
    public bool IgnoresCase { get; init; }

    public static CharClass OfCategories(params ReadOnlySpan<UnicodeCategory> categories)
    {
        var made = new CharClass();
        foreach (var category in categories)
            made._categories |= 1u << (int)category;
        return made;
    }

    public CharClass Add(int first, int last)
    {
        _ranges.Add((first, last));
        return this;
    }

    public CharClass Add(CharClass member)
    {
        _members.Add(member);
        return this;
    }

    /// <summary>What is in this class must be in that one as well.</summary>
    public CharClass Intersect(CharClass other)
    {
        _required.Add(other);
        return this;
    }

    /// <summary>Ends the building; ASCII is answered from a table from here on.</summary>
    public CharClass Seal()
    {
        for (int rune = 0; rune < 128; rune++)
        {
            if (Compute(rune))
                _ascii |= UInt128.One << rune;
        }
        _sealed = true;
        return this;
    }

    public bool Contains(int rune)
        => _sealed && rune < 128 ? (_ascii >> rune & UInt128.One) != UInt128.Zero : Compute(rune);

    private bool Compute(int rune)
    {
        bool inside = Has(rune);
        if (!inside && IgnoresCase && Rune.TryCreate(rune, out var valid))
        {
            var upper = Rune.ToUpperInvariant(valid);
            inside = Has(upper.Value) || Has(Rune.ToLowerInvariant(valid).Value) || Has(Rune.ToLowerInvariant(upper).Value)
                || (rune == LongS && Has('s')) || (rune == KelvinSign && Has('k'));
        }
        return inside != Negated;
    }

    private bool Has(int rune)
    {
        foreach (var required in _required)
        {
            if (!required.Contains(rune))
                return false;
        }
        foreach (var (first, last) in _ranges)
        {
            if (rune >= first && rune <= last)
                return true;
        }
        if (_categories != 0 && (_categories >> (int)CharUnicodeInfo.GetUnicodeCategory(rune) & 1) != 0)
            return true;
        foreach (var member in _members)
        {
            if (member.Contains(rune))
                return true;
        }
        return false;
    }
}
