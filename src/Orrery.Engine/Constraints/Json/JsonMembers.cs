namespace Orrery.Engine.Constraints.Json;

/// <param name="Name">Canonical text of the name, quotes included (see <see cref="JsonText"/>).</param>
internal sealed record JsonMember(byte[] Name, bool Required, Func<int, int> Value);

/// <summary>
/// The members of an object: the named ones in their order, optional ones left out or not, then any number of others.
/// Two chains of states, one for "nothing written yet" and one for "a comma comes first":
/// <code>
///   {  -> first[0] -> first[1] ..          skip an optional one
///            \           \                 write one: its name, ':', its value
///            more[1] -> more[2] ..  -> }
/// </code>
/// </summary>
internal sealed class JsonMembers(JsonParts parts)
{
    /// <param name="otherName">The names of further members, quotes included; null: there are none.</param>
    public int Draw(int from, IReadOnlyList<JsonMember> named, Func<int, int>? otherName, Func<int, int> otherValue)
    {
        var builder = parts.Builder;
        int first = parts.OptionalGap(parts.Byte(from, '{'));
        int? more = null;
        foreach (var member in named)
        {
            int name = builder.NewState();
            builder.Skip(first, name);
            if (more is { } before)
                builder.Skip(parts.Comma(before), name);
            int written = member.Value(parts.Colon(builder.Literal(name, member.Name)));

            int nextFirst = builder.NewState(), nextMore = builder.NewState();
            builder.Skip(written, nextMore);
            if (!member.Required)
            {
                builder.Skip(first, nextFirst);
                if (more is { } skipped)
                    builder.Skip(skipped, nextMore);
            }
            (first, more) = (nextFirst, nextMore);
        }
        if (otherName is not null)
            more = Others(first, more, at => otherValue(parts.Colon(otherName(at))));

        int end = builder.NewState();
        builder.Skip(first, end);
        if (more is { } last)
            builder.Skip(last, end);
        return parts.Byte(parts.OptionalGap(end), '}');
    }

    private int Others(int first, int? more, Func<int, int> member)
    {
        var builder = parts.Builder;
        int start = builder.NewState(), after = builder.NewState();
        builder.Skip(first, start);
        if (more is { } named)
            builder.Skip(named, after);
        builder.Skip(member(start), after);
        builder.Skip(parts.Comma(after), start);
        return after;
    }
}
