using System.Text;
using Orrery.Models.Tokenizers.Patterns;
using Orrery.Models.Tokenizers.Unicode;

namespace Orrery.Models.Tokenizers.Normalizers;

/// <summary>A step that changes the text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    public static Normalizer None { get; } = new Chain([]);

    public abstract string Apply(string text);

    /// <summary>The rules are a stranger's: those that make much out of little are stopped. Unicode's own go up to 18 characters for one.</summary>
    /// <exception cref="PatternTimeException">They make too much.</exception>
    protected static void CheckGrowth(int before, int after)
    {
        if (after > 4096 + (20L * before))
            throw new PatternTimeException("of its normalizer", before);
    }

    private static string Bounded(string before, string after)
    {
        CheckGrowth(before.Length, after.Length);
        return after;
    }

    public sealed class Chain(IReadOnlyList<Normalizer> steps) : Normalizer
    {
        public override string Apply(string text) => steps.Aggregate(text, (current, step) => Bounded(text, step.Apply(current)));
    }

    public sealed class Form(UnicodeForm form) : Normalizer
    {
        public override string Apply(string text) => UnicodeNormalizer.Normalize(text, form);
    }

    public sealed class Lowercase : Normalizer
    {
        public override string Apply(string text) => text.ToLowerInvariant();
    }

    public sealed class StripAccents : Normalizer
    {
        public override string Apply(string text)
        {
            var kept = new StringBuilder(text.Length);
            foreach (var rune in text.EnumerateRunes())
            {
                if (!UnicodeNormalizer.IsMark(rune.Value))
                    kept.Append(rune.ToString());
            }
            return kept.ToString();
        }
    }

    public sealed class Strip(bool left, bool right) : Normalizer
    {
        public override string Apply(string text) => (left, right) switch
        {
            (true, true) => text.Trim(),
            (true, false) => text.TrimStart(),
            (false, true) => text.TrimEnd(),
            _ => text,
        };
    }

    /// <summary>Nothing is put in front of nothing.</summary>
    public sealed class Prepend(string prefix) : Normalizer
    {
        public override string Apply(string text) => text.Length == 0 ? text : prefix + text;
    }

    public sealed class Replace(string what, string by) : Normalizer
    {
        public override string Apply(string text) => text.Replace(what, by, StringComparison.Ordinal);
    }

    public sealed class ReplacePattern(Pattern what, string by) : Normalizer
    {
        public override string Apply(string text)
        {
            var result = new StringBuilder(text.Length);
            int done = 0;
            foreach (var (start, end) in what.Matches(text))
            {
                result.Append(text, done, start - done).Append(by);
                done = end;
                CheckGrowth(text.Length, result.Length);
            }
            return result.Append(text, done, text.Length - done).ToString();
        }
    }
}
