using System.Text;
using Orrery.Engine.Constraints.Automaton;

namespace Orrery.Engine.Constraints.Json;

/// <summary>
/// Names of members that are none of the given ones, quotes included, in canonical text: an escape cannot spell a name that is taken.
/// Follows the given names as a tree; off it, everything is free.
/// </summary>
internal sealed class OtherNames(JsonParts parts)
{
    private readonly GrammarBuilder _builder = parts.Builder;

    public int Draw(int from, IEnumerable<string> taken)
    {
        int free = _builder.NewState(), end = _builder.NewState();
        _builder.Skip(_builder.Repeat(free, 0, null, at => parts.Characters.Of(at, CodePoints.All)), end);
        Branch(parts.Byte(from, '"'), [.. taken.Distinct().Select(name => name.EnumerateRunes().ToArray())], 0, free, end);
        return parts.Byte(end, '"');
    }

    /// <param name="names">Those that begin with what led here.</param>
    private void Branch(int at, List<Rune[]> names, int length, int free, int end)
    {
        if (_builder.IsFull)
            return;
        var next = names.Where(name => name.Length > length).GroupBy(name => name[length].Value).ToList();
        if (names.TrueForAll(name => name.Length != length))
            _builder.Skip(at, end);
        var others = CodePoints.Not(CodePoints.Of(next.Select(group => (group.Key, group.Key))));
        _builder.Skip(parts.Characters.Of(at, others), free);
        foreach (var group in next)
            Branch(parts.Characters.Of(at, CodePoints.Of((group.Key, group.Key))), [.. group], length + 1, free, end);
    }
}
