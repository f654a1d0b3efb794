using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Engine.Constraints;
using Orrery.Engine.Constraints.Schemas;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>Schemas come from anyone. Whatever they hold, compiling and writing under them takes bounded time and memory.</summary>
public sealed class HostileSchemaTests
{
    /// <summary>Of one processor: what else a machine does makes it no longer. Ten times what the slowest takes here.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Refused => new()
    {
        { "recursion without an end", """{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""" },
        { "a reference to itself", """{"$ref":"#"}""" },
        { "alternatives of itself", """{"anyOf":[{"$ref":"#"},{"type":"string"}]}""" },
        { "two that refer to each other", """{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""" },
        { "allOf of itself", """{"allOf":[{"$ref":"#"}],"type":"object"}""" },
        { "alternatives that merge with themselves", """{"type":"object","required":["a"],"anyOf":[{"$ref":"#"}]}""" },
        { "doubling references", """{"$ref":"#/$defs/a40","$defs":{"a0":{"type":"integer"},"""
            + Many(40, i => $"\"a{i + 1}\":{{\"allOf\":[{{\"$ref\":\"#/$defs/a{i}\"}},{{\"$ref\":\"#/$defs/a{i}\",\"title\":\"\"}}]}}") + "}}" },
        { "many groups of alternatives", """{"allOf":[""" + Many(40, _ => """{"anyOf":[{"required":["a"]},{"required":["b"]}]}""") + "]}" },
        { "large lists merged again and again", """{"$defs":{"e":{"enum":[""" + Many(10_000, i => $"{i}") + "]}},\"allOf\":[" + Many(900, _ => """{"allOf":[{"$ref":"#/$defs/e"}]}""") + "]}" },
        { "half a character", """{"const":"\ud800"}""" },
        { "half a character as a name", """{"properties":{"\udc00":{}}}""" },
        { "an expanding pattern", """{"pattern":"^((((a{1,9999}b){1,9999}c|[^x-z]\\w){1,40}d?){1,40}\\W{1,40}(\\S\\D){0,40}x)$(" }""" },
        { "many long patterns", """{"properties":{""" + Many(900, i => $"\"p{i}\":{{\"pattern\":\"{string.Concat(Enumerable.Repeat(@"\\W", 200))}\"}}") + "}}" },
        { "too many properties", """{"properties":{""" + Many(1001, i => $"\"p{i}\":{{}}") + "}}" },
        { "objects merged into a large one", """{"allOf":[""" + Many(90, i => """{"properties":{""" + Many(500, p => $"\"p{i}x{p}\":true") + "}}") + "]}" },
        { "a long name", """{"properties":{"XXX":{}}}""".Replace("XXX", new string('x', 10_000), StringComparison.Ordinal) },
        { "too many values", """{"enum":[""" + Many(10_001, i => $"{i}") + "]}" },
        { "large values", """{"enum":[""" + Many(200, i => $"\"{i}{new string('y', 1000)}\"") + "]}" },
        { "more nesting than there is", """{"$ref":"#/$defs/d0","$defs":{"d40":{"type":"null"},"""
            + Many(40, i => $"\"d{i}\":{{\"type\":\"array\",\"minItems\":1,\"items\":{{\"$ref\":\"#/$defs/d{i + 1}\"}}}}") + "}}" },
    };

    public static TheoryData<string, string> Taken => new()
    {
        { "a set of positions", """{"pattern":"^(.*a.{14}|.*b.{13})$"}""" },
        { "rounds in rounds", """{"pattern":"^((a{0,99}){0,99}){0,99}$"}""" },
        { "rounds that may be empty", """{"pattern":"^(((a?b?)*(c?d?)*)*(e*f*)*)*$"}""" },
        { "many ways to read", """{"pattern":"^(a|a|aa|a{1,50}|[a-z]{1,60}){1,500}x$"}""" },
        { "endless rounds of rounds", """{"pattern":"(x+x+)+y"}""" },
        { "many values", """{"enum":[""" + Many(10_000, i => $"{i}") + "]}" },
        { "a thousand optional properties", """{"properties":{""" + Many(1000, i => $"\"p{i}\":{{\"type\":\"null\"}}") + "}}" },
        { "counts that are large", """{"items":{"type":"string","minLength":5000,"maxLength":100000},"maxItems":100000}""" },
        { "recursion with an end", """{"type":"object","properties":{"a":{"$ref":"#"},"b":{"items":{"$ref":"#"}}}}""" },
        { "a deep schema", string.Concat(Enumerable.Repeat("""{"items":""", 30)) + "{}" + new string('}', 30) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_hostile_schema_is_refused_in_bounded_time_and_memory(string because, string schema)
    {
        var json = Texts.Json(schema);
        var began = ProcessorTime();
        long before = GC.GetAllocatedBytesForCurrentThread();

        var result = JsonConstraint.Of(json);

        Assert.True(result is SchemaResult.Refused { Problems: [{ Message.Length: > 10 }, ..] }, because);
        Assert.True(ProcessorTime() - began < Bound, $"{because}: {ProcessorTime() - began}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 500_000_000, because);
    }

    [Theory]
    [MemberData(nameof(Taken))]
    public void A_costly_schema_is_written_under_in_bounded_time(string because, string schema)
    {
        var began = ProcessorTime();
        var compiled = CompiledConstraint.Of(Texts.Compile(schema), TokenTrie.Of(Texts.Large))!;

        for (int seed = 0; seed < 3; seed++)
        {
            int least = compiled.NewSequence().LeastTokensToEnd;
            JsonDocument.Parse(Encoding.UTF8.GetBytes(RandomText.Write(compiled, Texts.Large, least + 60, new Random(seed)))).Dispose();
        }

        var took = ProcessorTime() - began;
        TestContext.Current.TestOutputHelper?.WriteLine($"{because}: {took.TotalMilliseconds:0} ms");
        Assert.True(took < Bound, $"{because}: {took}");
    }

    /// <summary>Of this thread, in hundredths of a second: user and system time as the kernel counts them.</summary>
    private static TimeSpan ProcessorTime()
    {
        string all = File.ReadAllText("/proc/thread-self/stat");
        // The name of the thread may hold anything, so what follows it is counted from its end.
        string[] fields = all[(all.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0);
    }

    private static string Many(int count, Func<int, string> part) => string.Join(',', Enumerable.Range(0, count).Select(part));
}
