using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Models.ChatTemplates;

namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>The language, a line at a time. What is expected is what Python's Jinja2 gives as transformers sets it up.</summary>
public sealed class SemanticsTests
{
    // «⏎» stands for a line break.
    [Theory]
    [InlineData("a block alone on its line leaves nothing", "a⏎  {% if true %}⏎b⏎  {% endif %}⏎c", "a⏎b⏎c")]
    [InlineData("a comment too", "a⏎  {# note #}⏎b", "a⏎b")]
    [InlineData("a printing tag keeps what is around it", "a⏎  {{ 1 }}⏎b", "a⏎  1⏎b")]
    [InlineData("a minus takes all whitespace", "a ⏎ {{- 1 -}} ⏎ b", "a1b")]
    [InlineData("a minus on one side", "a ⏎{%- if true %} b{% endif -%} ⏎ c", "a bc")]
    [InlineData("a plus keeps blanks before", "a⏎  {%+ if true %}b{% endif %}", "a⏎  b")]
    [InlineData("a plus keeps the break after", "{% if true +%}⏎b{% endif %}", "⏎b")]
    [InlineData("text before a block on its line stays", "x {% if true %}b{% endif %}", "x b")]
    [InlineData("one break at the very end goes", "a⏎⏎", "a⏎")]
    [InlineData("raw text", "{% raw %}{{ x }}{% if %}{% endraw %}!", "{{ x }}{% if %}!")]
    [InlineData("braces inside braces", "{{ {'a': {'b': 1}}['a']['b'] }}", "1")]
    [InlineData("generation tags print their inside", "a{% generation %}b{% endgeneration %}c", "abc")]
    [InlineData("what is set inside generation stays there", "{% set x = 1 %}{% generation %}{% set x = 2 %}{% endgeneration %}{{ x }}", "1")]
    public void Whitespace_and_tags(string because, string source, string expected) => Check(because, source.Replace('⏎', '\n'), expected.Replace('⏎', '\n'));

    [Theory]
    [InlineData("products before joins before sums", "{{ 1 + 2 * 3 ~ 4 }}", null)]
    [InlineData("a join takes anything", "{{ 1 ~ none ~ true ~ [1.0] }}", "1NoneTrue[1.0]")]
    [InlineData("division gives floats", "{{ 4 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 3 ** 2 }} {{ 2 ** -1 }}", "2.0 3 -4 2 64 0.5")]
    [InlineData("a filter binds tighter than a sign's operand", "{{ -1|abs }}", "1")]
    [InlineData("comparisons chain", "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 == true }}", "True False True")]
    [InlineData("in and not in", "{{ 'a' in 'cab' }} {{ 2 not in [1, 2] }} {{ 'k' in {'k': none} }} {{ 1 in missing }}", "True False True False")]
    [InlineData("and, or give an operand", "{{ '' or 'x' }} {{ 0 and 1 }} {{ not [] }}", "x 0 True")]
    [InlineData("an if without an else is nothing", "[{{ 'x' if false }}]", "[]")]
    [InlineData("ifs group to the right", "{{ 'a' if false else 'b' if false else 'c' }}", "c")]
    [InlineData("text side by side is one", "{{ 'a' 'b' }}", "ab")]
    [InlineData("escapes", @"{{ '\n\t\\\'\x41\u00e9\101\q' }}", "\n\t\\'A\u00e9A\\q")]
    [InlineData("tuples", "{{ (1,) }} {{ () }} {{ 1, 2 }}", "(1,) () (1, 2)")]
    [InlineData("text times a number", "{{ 'ab' * 2 }}{{ [1] * 2 }}", "abab[1, 1]")]
    [InlineData("slices", "{{ 'abcdef'[1:-1] }} {{ [1,2,3][::-1] }} {{ 'abc'[5:] }} {{ 'abc'[-2:] }} {{ [1,2,3][:99:2] }}", "bcde [3, 2, 1]  bc [1, 3]")]
    [InlineData("text is code points", "{{ 'a👋b'|length }} {{ 'a👋b'[1] }} {{ 'a👋b'[2:] }} {{ 'a👋b'[::-1] }}", "3 👋 b b👋a")]
    [InlineData("a dot and a digit", "{{ [[1, 2]].0.1 }}", "2")]
    [InlineData("an index that is not there is undefined", "{{ [1][3] is defined }}[{{ {}['x'] }}]", "False[]")]
    [InlineData("a method before a key with a dot, after it in brackets", "{{ {'items': 1}['items'] }} {{ {'items': 1}.items()|list }}", "1 [('items', 1)]")]
    [InlineData("values print as Python prints them", "{{ [none, true, 'it\\'s', 1e16, 1e-5, 0.1, {'a': 1}] }}", "[None, True, \"it's\", 1e+16, 1e-05, 0.1, {'a': 1}]")]
    [InlineData("numbers as keys", "{% set m = {1: 'a', '1': 'b'} %}{{ m[1] }}{{ m['1'] }}{{ m[1.0] }}", "aba")]
    public void Expressions(string because, string source, string? expected) => Check(because, source, expected);

    [Theory]
    [InlineData("loop's variables", "{% for x in 'abc' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }} {% endfor %}", "103TrueFalse 212FalseFalse 321FalseTrue ")]
    [InlineData("neighbours", "{% for x in [1,2] %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}", "<1>2 1<2> ")]
    [InlineData("a filter counts before the loop", "{% for x in [1,2,3] if x != 2 %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/2 2/2 ")]
    [InlineData("else runs when nothing is there", "{% for x in [] %}a{% else %}b{% endfor %}", "b")]
    [InlineData("what a round sets is gone in the next", "{% for x in [1,2] %}{{ y }}{% set y = x %}{% endfor %}[{{ y }}]", "[]")]
    [InlineData("a namespace carries it out", "{% set ns = namespace(n=0) %}{% for x in [1,2] %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}", "3")]
    [InlineData("an if has no scope of its own", "{% if true %}{% set x = 1 %}{% endif %}{{ x }}", "1")]
    [InlineData("pairs are taken apart", "{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "a=1")]
    [InlineData("break and continue", "{% for x in range(9) %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 3 %}{% break %}{% endif %}{{ x }}{% endfor %}", "02")]
    [InlineData("loops that call themselves", "{% for x in [[1],[[2]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %}", "(1@2)((2@3))")]
    [InlineData("cycle", "{% for x in [1,2,3] %}{{ loop.cycle('a', 'b') }}{% endfor %}", "aba")]
    [InlineData("elif", "{% if 0 %}a{% elif [] %}b{% elif 1 %}c{% else %}d{% endif %}", "c")]
    [InlineData("set of a block", "{% set x | upper %}a{{ 1 }}{% endset %}{{ x }}", "A1")]
    [InlineData("set of several", "{% set a, b = [1, 2] %}{{ b }}{{ a }}", "21")]
    [InlineData("filter of a block", "{% filter upper | trim %} a {% endfilter %}", "A")]
    [InlineData("with", "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}[{{ a }}]", "3[]")]
    [InlineData("a loop over what is undefined is empty", "{% for x in missing %}a{% else %}b{% endfor %}", "b")]
    [InlineData("a loop over none fails", "{% for x in none %}{% endfor %}", null)]
    public void Statements(string because, string source, string? expected) => Check(because, source, expected);

    [Theory]
    [InlineData("defaults and names", "{% macro m(a, b='x', c=b) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(c=3, a=1) }}", "1xx 1x3")]
    [InlineData("a macro sees where it was defined, not who calls", "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% for x in [2] %}{{ m() }}{% endfor %}", "1")]
    [InlineData("and what was set there later", "{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "2")]
    [InlineData("macros that call themselves", "{% macro m(n) %}{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "3210")]
    [InlineData("call blocks", "{% macro m() %}<{{ caller('x') }}>{% endmacro %}{% call(v) m() %}{{ v }}!{% endcall %}", "<x!>")]
    [InlineData("what is left over", "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, k=3) }}", "(2,){'k': 3}")]
    [InlineData("too many arguments", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", null)]
    [InlineData("an argument that it does not have", "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", null)]
    [InlineData("stars", "{% macro m(a, b, c) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(*[1, 2], **{'c': 3}) }}", "123")]
    [InlineData("none is not undefined", "{{ none is defined }} {{ missing is defined }} {{ none is none }}", "True False True")]
    [InlineData("what is undefined has no attributes", "{{ missing.x }}", null)]
    [InlineData("calling what is not there", "{{ missing() }}", null)]
    [InlineData("values do not change", "{% set x = [] %}{{ x.append(1) }}", null)]
    public void Macros_and_failures(string because, string source, string? expected) => Check(because, source, expected);

    [Theory]
    [InlineData("strip and its kin", "[{{ '  a '.strip() }}][{{ 'xay'.strip('xy') }}][{{ ' a '.lstrip() }}][{{ ' a '.rstrip() }}]", "[a][a][a ][ a]")]
    [InlineData("split", "{{ 'a,b,c'.split(',', 1) }} {{ ' a  b '.split() }} {{ ' a b c '.split(none, 1) }} {{ 'a,b,c'.rsplit(',', 1) }}", "['a', 'b,c'] ['a', 'b'] ['a', 'b c '] ['a,b', 'c']")]
    [InlineData("starts and ends", "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }}", "True True")]
    [InlineData("replace", "{{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '-') }} {{ 'a.b'|replace('.', '') }}", "bba -a-b- ab")]
    [InlineData("cases", "{{ 'aB c'.title() }} {{ 'aB'.upper() }} {{ 'aB'|lower }} {{ 'hello World'|capitalize }} {{ \"it's\".title() }} {{ \"it's\"|title }}", "Ab C AB ab Hello world It'S It's")]
    [InlineData("mappings", "{{ {'a': 1}.get('b') }} {{ {'a': 1}.get('b', 2) }} {{ {'a': 1}.keys()|list }} {{ {'a': 1}.values()|list }}", "None 2 ['a'] [1]")]
    [InlineData("default", "{{ missing|default('x') }} {{ none|default('x') }} {{ ''|default('x', true) }} {{ false|d('x', boolean=true) }}", "x None x x")]
    [InlineData("length, first, last, join", "{{ {'a': 1}|length }} {{ 'abc'|first }} {{ [1, 2]|last }} {{ [1, none]|join('-') }} {{ 'abc'|join(',') }}", "1 a 2 1-None a,b,c")]
    [InlineData("choosing", "{{ [{'a': 1}, {'a': 2}, {}]|selectattr('a', 'equalto', 2)|list }} {{ [0, 1]|select|list }} {{ [1, 2, 3]|reject('odd')|list }}", "[{'a': 2}] [1] [2]")]
    [InlineData("map", "{{ [{'a': {'b': 1}}]|map(attribute='a.b')|list }} {{ ['a']|map('upper')|list }} {{ [{}]|map(attribute='a', default=0)|list }}", "[1] ['A'] [0]")]
    [InlineData("sorting", "{{ ['b', 'A', 'c']|sort }} {{ [1, 3, 2]|sort(reverse=true) }} {{ {'b': 1, 'A': 2}|dictsort }} {{ [2, 1, 2]|unique|list }}", "['A', 'b', 'c'] [3, 2, 1] [('A', 2), ('b', 1)] [2, 1]")]
    [InlineData("numbers", "{{ '12'|int }} {{ 'x'|int(7) }} {{ 3.9|int }} {{ '1.5'|float }} {{ 2.567|round(2) }} {{ [1, 2]|sum }} {{ [3, 1]|min }}", "12 7 3 1.5 2.57 3 1")]
    [InlineData("indent", "{{ 'a\n\nb'|indent(2) }}|{{ 'a\nb'|indent(2, first=true) }}", "a\n\n  b|  a\n  b")]
    [InlineData("what things are", "{{ 'a' is string }} {{ {} is mapping }} {{ {} is sequence }} {{ 1 is number }} {{ true is integer }} {{ missing is iterable }} {{ 4 is divisibleby 2 }} {{ 1 is in [1] }}", "True True True True False True True True")]
    [InlineData("what is nothing has nothing to choose from", "{{ none|selectattr('a')|list }}", "[]")]
    [InlineData("range", "{{ range(3)|list }} {{ range(5, 1, -2)|list }}", "[0, 1, 2] [5, 3]")]
    public void Methods_filters_and_tests(string because, string source, string? expected) => Check(because, source, expected);

    [Theory]
    [InlineData("{{ {'a': [1, 2.0, none, true]}|tojson }}", """{"a": [1, 2.0, null, true]}""")]
    [InlineData("{{ {'b': 1, 'a': []}|tojson(indent=2, sort_keys=true) }}", "{\n  \"a\": [],\n  \"b\": 1\n}")]
    [InlineData("{{ [1, {'a': 2}]|tojson(separators=(',', ':')) }}", """[1,{"a":2}]""")]
    [InlineData("{{ 'é👋\"<\\n'|tojson }}", "\"é👋\\\"<\\n\"")]
    [InlineData("{{ 'é👋'|tojson(ensure_ascii=true) }}", "\"\\u00e9\\ud83d\\udc4b\"")]
    [InlineData("{{ {1: 1, none: 2, true: 3}|tojson }}", """{"1": 3, "null": 2}""")]
    [InlineData("{{ '{\"a\": [1.0]}'|from_json }}", "{'a': [1.0]}")]
    [InlineData("{{ missing|tojson }}", null)]
    [InlineData("{{ range|tojson }}", null)]
    public void Json_is_written_as_Python_writes_it(string source, string? expected) => Check(source, source, expected);

    [Fact]
    public void Numbers_of_the_input_keep_their_kind()
    {
        var numbers = JsonDocument.Parse("""{"n": [1, 1.0, 1e3, -0.0, 12345678901234567890]}""").RootElement;

        Assert.Equal("[1, 1.0, 1000.0, -0.0, 1.2345678901234567e+19]", Text(Render("{{ n }}", numbers)));
    }

    [Fact]
    public void The_clock_is_the_callers()
        => Assert.Equal("31 Jan 2026, 31/1, Saturday 12:00 PM 100%", Text(Render("{{ strftime_now('%d %b %Y, %-d/%-m, %A %I:%M %p 100%%') }}")));

    [Fact]
    public void A_template_refuses_in_its_own_words()
        => Assert.Equal(new ChatTemplateResult.Refused("Roles must alternate, not [1]?"), Render("a{{ raise_exception('Roles must alternate,\u0020not ' ~ [1] ~ '\\n') }}"));

    [Fact]
    public void A_failure_names_the_line()
    {
        var failed = Assert.IsType<ChatTemplateResult.Failed>(Render("a\n{{ 1 }}\n{{ 'x' + 1 }}\n"));

        Assert.Equal((3, "'+' cannot take a text and an integer"), (failed.Line, failed.Message));
    }

    [Fact]
    public void Tools_and_documents_that_are_not_there_are_none_and_variables_win()
    {
        var more = JsonDocument.Parse("""{"bos_token": "B"}""").RootElement;

        Assert.Equal("None None False B </s>", Text(Render("{{ tools }} {{ documents }} {{ add_generation_prompt }} {{ bos_token }} {{ eos_token }}", more)));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_the_input_is_a_failure()
    {
        var half = JsonDocument.Parse("""{"x": "\ud800"}""").RootElement;

        Assert.Equal(0, Assert.IsType<ChatTemplateResult.Failed>(Render("{{ x }}", half)).Line);
    }

    /// <summary>The tables above are no opinion: Jinja2 itself gives all of it.</summary>
    [Fact]
    public async Task Pythons_Jinja2_agrees_with_every_row()
    {
        var rows = typeof(SemanticsTests).GetMethods()
            .SelectMany(m => m.GetCustomAttributes<InlineDataAttribute>())
            .Select(row => (Source: ((string)row.Data[^2]!).Replace('⏎', '\n'), Expected: ((string?)row.Data[^1])?.Replace('⏎', '\n')))
            .Where(row => !row.Source.Contains("from_json", StringComparison.Ordinal))
            .ToList();

        var actual = await ReferenceRenderer.PythonAsync(rows.Select(r => (r.Source, new JsonObject())));

        Assert.Equal(rows, rows.Zip(actual).Select(r => (r.First.Source, r.Second.Text)));
    }

    /// <param name="expected">Null: rendering fails.</param>
    private static void Check(string because, string source, string? expected)
    {
        var result = Render(source);
        Assert.True(
            expected is null ? result is ChatTemplateResult.Failed : result is ChatTemplateResult.Rendered { Text: var text } && text == expected,
            $"{because}: expected {expected ?? "a failure"}, got {result}");
    }

    private static string Text(ChatTemplateResult result) => Assert.IsType<ChatTemplateResult.Rendered>(result).Text;

    private static ChatTemplateResult Render(string source, JsonElement? variables = null) => ChatTemplate.Parse(source).Render(new ChatTemplateInput
    {
        Messages = JsonDocument.Parse("[]").RootElement,
        SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" },
        Variables = variables?.EnumerateObject().ToDictionary(v => v.Name, v => v.Value) ?? [],
        Time = new NoonTime(),
    });
}
