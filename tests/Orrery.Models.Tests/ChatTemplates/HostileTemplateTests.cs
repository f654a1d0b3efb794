using System.Diagnostics;
using Orrery.Models.ChatTemplates;

namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>Whatever a template is, the answer is a text, a refusal, a failure or one line that says where it is wrong; soon, and in little memory.</summary>
public sealed class HostileTemplateTests
{
    private const int FuzzRounds = 4_000;

    /// <summary>All that a bomb may allocate under the default bounds, freed or not.</summary>
    private const long MaxAllocatedBytes = 2L << 30;

    /// <summary>Small enough that thousands of rounds are quick and a leak of the bounds shows.</summary>
    private static readonly ChatTemplateOptions Tight = new() { MaxSteps = 200_000, MaxOutputChars = 200_000, MaxMadeChars = 2_000_000 };

    [Theory]
    [InlineData("an expression that does not end", "{{ 1", 1, 1)]
    [InlineData("a block that does not end", "a\n{% if x %}b", 2, 4)]
    [InlineData("a comment that does not end", "{# x", 1, 1)]
    [InlineData("raw that does not end", "{% raw %}{{", 1, 1)]
    [InlineData("a text that does not end", "{{ 'x }}", 1, 4)]
    [InlineData("an end without a start", "\n\n{% endfor %}", 3, 4)]
    [InlineData("else in a row", "{% if a %}{% else %}{% else %}{% endif %}", 1, 24)]
    [InlineData("the wrong bracket", "{{ (1] }}", 1, 6)]
    [InlineData("a bracket too many", "{{ 1) }}", 1, 5)]
    [InlineData("nothing to print", "{{ }}", 1, 4)]
    [InlineData("two values", "{{ a b }}", 1, 6)]
    [InlineData("a block of another language", "{% include 'x' %}", 1, 4)]
    [InlineData("a character of no language", "{{ a ? b }}", 1, 6)]
    [InlineData("a damaged escape", @"{{ '\u12' }}", 1, 4)]
    [InlineData("too large a number", "{{ 99999999999999999999 }}", 1, 4)]
    [InlineData("a constant as a variable", "{% set none = 1 %}", 1, 8)]
    [InlineData("break outside of a loop", "{% break %}", 1, 4)]
    [InlineData("a parameter twice", "{% macro m(a, a) %}{% endmacro %}", 1, 15)]
    [InlineData("a call block without a call", "{% call 1 %}{% endcall %}", 1, 4)]
    public void What_is_not_in_the_language_is_one_line_with_its_place(string because, string source, int line, int column)
    {
        var e = Assert.Throws<InvalidTemplateException>(() => ChatTemplate.Parse(source));

        Assert.True((line, column) == (e.Line, e.Column), $"{because}: {e.Message}");
        Assert.StartsWith($"chat template, line {line}, column {column}: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    public static TheoryData<string, string> Bombs => new()
    {
        { "loops in loops", Repeat("{% for a in range(99999) %}", 9) + Repeat("{% endfor %}", 9) },
        { "a text that doubles", "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}" },
        { "a list that doubles", "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}" },
        { "a list of itself, printed", "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}" },
        { "the same as JSON", "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}" },
        { "the same compared", "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}" },
        { "a deep list", "{% set ns = namespace(x=[]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}" },
        { "a namespace in itself", "{% set ns = namespace() %}{% set ns.x = [ns, ns] %}{{ ns }}" },
        { "a macro that calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}" },
        { "a macro that calls itself twice", "{% macro m() %}{{ m() if 0 }}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}" },
        { "a caller that calls back", "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}" },
        { "a loop that calls itself", "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}" },
        { "a long text, repeated", "{{ 'x' * 99999999999 }}" },
        { "a long list, repeated", "{{ [1] * 99999999999 }}" },
        { "a power", "{{ 9 ** 9999999999 }}" },
        { "a long range", "{{ range(-9223372036854775807, 9223372036854775807) }}" },
        { "an indent of indents", "{% set ns = namespace(x='a\n' * 1000) %}{% for i in range(999) %}{% set ns.x = ns.x | indent(1000) %}{% endfor %}" },
        { "JSON indented without end", "{% set ns = namespace(x=[1]) %}{% for i in range(300) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson(indent=100) }}" },
        { "an empty text replaced", "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x.replace('', ns.x) %}{% endfor %}" },
        { "a search in a long text", "{% set x = 'a' * 100000 %}{% for i in range(99999) %}{% if ('b' ~ i) in x %}{% endif %}{% endfor %}" },
        { "a search that almost finds", "{% set x = 'a' * 1000000 %}{% set y = 'a' * 500000 ~ 'b' %}{% for i in range(99999) %}{% if y in x %}{% endif %}{% endfor %}" },
        { "a split that almost finds", "{% set x = 'a' * 1000000 %}{% for i in range(99999) %}{% set z = x.split('a' * 500000 ~ 'b') %}{% endfor %}" },
        { "a text of many words", "{{ ('a ' * 8000000).split() | length }}" },
        { "a text of many lines", "{{ ('a\n' * 8000000).splitlines() | length }}" },
        { "a long key looked up", "{% set x = 'a' * 100000 %}{% set m = {x: 1} %}{% for i in range(99999) %}{% if m[x] %}{% endif %}{% endfor %}" },
        { "a long set of characters to strip", "{% set x = 'a' * 100000 %}{{ x.strip('b' * 100000 ~ 'a') }}" },
        { "many equal keys", "{% for i in range(99999) %}{{ range(99999) | unique | list | length }}{% endfor %}" },
        { "a chain of sums", "{{ 1" + Repeat(" + 1", 100_000) + " }}" },
        { "a chain of filters", "{{ 1" + Repeat(" | string", 100_000) + " }}" },
        { "a chain of attributes", "{{ a" + Repeat(".a", 100_000) + " }}" },
        { "brackets in brackets", "{{ " + Repeat("(", 100_000) + "1" + Repeat(")", 100_000) + " }}" },
        { "lists in lists", "{{ " + Repeat("[", 100_000) + Repeat("]", 100_000) + " }}" },
        { "signs of signs", "{{ " + Repeat("-", 1) + Repeat(" -", 100_000) + "1 }}" },
        { "not not not", "{{ " + Repeat("not ", 100_000) + "1 }}" },
        { "ifs in ifs", Repeat("{% if 1 %}", 100_000) + Repeat("{% endif %}", 100_000) },
        { "conditionals in a row", "{{ 1" + Repeat(" if 0 else 1", 100_000) + " }}" },
        { "targets in targets", "{% set " + Repeat("(", 100_000) + "a" + Repeat(")", 100_000) + " = 1 %}" },
        { "calls of calls", "{{ range" + Repeat("(1)", 100_000) + " }}" },
        { "a long name", "{{ " + Repeat("a", 100_000) + " }}" },
        { "brackets that do not close", Repeat("{{ (", 50_000) },
        { "tags that do not close", Repeat("{% raw %}", 50_000) },
        { "text side by side", "{{ " + Repeat("'ab' ", 100_000) + " }}" },
        { "JSON in JSON", "{{ ('[' * 100000) | from_json }}" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_does_not_go_off(string because, string source)
    {
        var clock = Stopwatch.StartNew();

        var (end, allocated) = OnASmallStack(() =>
        {
            string how = End(source, new ChatTemplateOptions());
            return (how, GC.GetAllocatedBytesForCurrentThread());
        });

        Assert.DoesNotContain('\n', end);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{because}: took {clock.Elapsed}");
        Assert.True(allocated < MaxAllocatedBytes, $"{because}: allocated {allocated} bytes");
    }

    [Fact]
    public void Broken_templates_neither_crash_nor_go_on()
    {
        var random = new Random(20260131);
        var seeds = Seeds();
        var ends = new Dictionary<string, int>();
        var clock = Stopwatch.StartNew();
        var slowest = TimeSpan.Zero;

        OnASmallStack(() =>
        {
            for (int round = 0; round < FuzzRounds; round++)
            {
                var start = clock.Elapsed;
                string end = End(Mutated(seeds, random), Tight);
                ends[end.Split(' ')[0]] = ends.GetValueOrDefault(end.Split(' ')[0]) + 1;
                slowest = clock.Elapsed - start > slowest ? clock.Elapsed - start : slowest;
            }
            return "";
        });

        Assert.True(slowest < TimeSpan.FromSeconds(10), $"one took {slowest}");
        Assert.All(["rendered", "failed", "invalid"], end => Assert.True(ends.GetValueOrDefault(end) > FuzzRounds / 100, $"{end}: {ends.GetValueOrDefault(end)}"));
    }

    [Fact]
    public void A_source_beyond_the_bound_is_not_read()
        => Assert.Contains("at most 10", Assert.Throws<InvalidTemplateException>(() => ChatTemplate.Parse("12345678901", new() { MaxSourceChars = 10 })).Message, StringComparison.Ordinal);

    [Fact]
    public void An_output_of_exactly_the_bound_is_given()
    {
        Assert.Equal("rendered", End("{{ 'x' * 10 }}", new() { MaxOutputChars = 10 }));
        Assert.StartsWith("failed", End("{{ 'x' * 5 }}123456", new() { MaxOutputChars = 10 }), StringComparison.Ordinal);
    }

    private static string End(string source, ChatTemplateOptions options)
    {
        try
        {
            return Conversation.All[Math.Abs(source.Length) % Conversation.All.Count].Render(ChatTemplate.Parse(source, options)) switch
            {
                ChatTemplateResult.Rendered => "rendered",
                ChatTemplateResult.Refused refused => $"refused {refused.Message}",
                ChatTemplateResult.Failed failed => $"failed {failed.Message}",
                var other => throw new InvalidOperationException($"{other}"),
            };
        }
        catch (InvalidTemplateException e)
        {
            return $"invalid {e.Message}";
        }
    }

    /// <summary>Requests are answered on threads with stacks of 1.5 MB; this one has less.</summary>
    private static T OnASmallStack<T>(Func<T> work)
    {
        T? result = default;
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    thrown = e;
                }
            },
            maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        return thrown is null ? result! : throw new InvalidOperationException($"{thrown}", thrown);
    }

    /// <summary>Our own, and the real ones where they are.</summary>
    private static List<string> Seeds()
    {
        string folder = Repository.File("..", "shared", "models", "chat-templates");
        return
        [
            .. Pieces, .. Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.jinja").Order(StringComparer.Ordinal).Select(File.ReadAllText) : [],
        ];
    }

    private static readonly string[] Pieces =
    [
        "{%- for m in messages if m.role != 'system' %}<|{{ m['role'] }}|>\n{{ m.content | trim }}{% if not loop.last %}\n{% else %}{% break %}{% endif %}{% endfor %}",
        "{% macro p(o, depth=0) %}{% if o is mapping %}{% for k, v in o | dictsort %}{{ k }}: {{ p(v, depth + 1) }}{% endfor %}{% else %}{{ o | tojson(indent=2) }}{% endif %}{% endmacro %}{{ p(tools) }}",
        "{% set ns = namespace(n=0, t='') %}{% for m in messages[1:][::-1] %}{% set ns.n = ns.n + loop.index0 ** 2 // 3 %}{% set ns.t = ns.t ~ m.content[:9] %}{% endfor %}{{ ns.t.split(' ', 2)[-1].strip('<>') }}",
        "{% if messages[0].role is not in ['user', 'system'] %}{{ raise_exception('no ' + messages[0].role) }}{% endif %}{% set x %}a{{ bos_token }}{% endset %}{{ x | upper | indent(4, first=true) }}",
        "{% for x in [[1, [2]], 3] recursive %}{{ loop(x) if x is sequence else x * 1.5 }}{% endfor %}{% call(v) p(1) %}{{ v }}{% endcall %}{% filter replace('a', 'b') %}aaa{% endfilter %}",
    ];

    private static string Mutated(List<string> seeds, Random random)
    {
        string text = seeds[random.Next(seeds.Count)];
        for (int changes = random.Next(1, 6); changes > 0 && text.Length > 0; changes--)
        {
            int at = random.Next(text.Length), length = Math.Min(random.Next(1, 40), text.Length - at);
            string other = seeds[random.Next(seeds.Count)];
            int from = random.Next(other.Length);
            text = random.Next(6) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, other.Substring(from, Math.Min(random.Next(1, 80), other.Length - from))),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => string.Concat(text.AsSpan(0, at), ((char)random.Next(1, 0x300)).ToString(), text.AsSpan(at + 1)),
                4 => text.Insert(at, Words[random.Next(Words.Length)]),
                _ => Swapped(text, random),
            };
        }
        return text;
    }

    private static readonly string[] Words =
    [
        " {{ ", " }}", "{% ", " %}", "{%- endif %}", "{% endfor %}", "-", "| tojson", "| list", "(", ")", "[", "]", "{", "}", "'", "messages", " ~ ", " ** ", " % ", "99999999999",
        "none", ".x", "[-1]", "[::0]", "loop", "*", "**", ",", ":", " is ", " not ", " in ", " if ", " else ", "\ud83d", "\0", "=",
    ];

    /// <summary>One name of the template in the place of another.</summary>
    private static string Swapped(string text, Random random)
    {
        string[] words = [.. text.Split(' ').Where(w => w.Length is > 1 and < 30).Distinct()];
        return words.Length < 2 ? text : text.Replace(words[random.Next(words.Length)], words[random.Next(words.Length)], StringComparison.Ordinal);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
