using System.Text.Json.Nodes;
using Orrery.Resources.Text;

namespace Orrery.Resources.Tests.Text;

public sealed class YamlTests
{
    [Theory]
    [InlineData("plain text",           "a: hello",              """{"a":"hello"}""")]
    [InlineData("integers",             "a: 42",                 """{"a":42}""")]
    [InlineData("decimals",             "a: 1.5",                """{"a":1.5}""")]
    [InlineData("booleans",             "a: true\nb: False",     """{"a":true,"b":false}""")]
    [InlineData("null in three forms",  "a: null\nb: ~\nc:",     """{"a":null,"b":null,"c":null}""")]
    [InlineData("quoted is text",       "a: \"42\"\nb: 'true'",  """{"a":"42","b":"true"}""")]
    [InlineData("versions stay text",   "a: 1.0.0",              """{"a":"1.0.0"}""")]
    [InlineData("units stay text",      "a: 7B\nb: 80Gi",        """{"a":"7B","b":"80Gi"}""")]
    [InlineData("not a number is text", "a: .nan\nb: .inf",      """{"a":".nan","b":".inf"}""")]
    [InlineData("flow style is JSON",   "{\"a\": [1, \"x\"]}",   """{"a":[1,"x"]}""")]
    [InlineData("yes is text",          "a: yes",                """{"a":"yes"}""")]
    public void Scalars_get_the_types_that_Kubernetes_gives_them(string because, string yaml, string json)
    {
        var read = Yaml.ParseAll(yaml).Single();

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), read), $"{because}: {read.ToJsonString()}");
    }

    [Fact]
    public void A_manifest_holds_several_documents_and_empty_ones_do_not_count()
        => Assert.Equal(["1", "2"], Yaml.ParseAll("---\na: 1\n---\n---\na: 2\n").Select(d => d["a"]!.ToString()));

    [Theory]
    [InlineData("a: [1, 2", "line")]
    [InlineData("a: [v\nb: 1", "not closed")]
    [InlineData("a: &x 1\nb: *x", "anchors")]
    [InlineData("a: 1\na: 2", "line")]
    [InlineData("- 1\n- 2", "mapping")]
    public void What_is_no_manifest_is_refused_with_its_place(string yaml, string expected)
        => Assert.Contains(expected, Assert.Throws<InvalidDocumentException>(() => Yaml.ParseAll(yaml)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));

        Assert.Contains("nested deeper", Assert.Throws<InvalidDocumentException>(() => Yaml.ParseAll("a: " + deep)).Message);
    }

    [Theory]
    [InlineData("""{"a":"42","b":42,"c":"true","d":true,"e":null,"f":"null"}""")]
    [InlineData("""{"text":"line one\nline two\n","empty":"","space":" x ","colon":"a: b","hash":"a #b","yes":"yes"}""")]
    [InlineData("""{"list":[1,"2",{"a":[]},{}],"nested":{"deep":{"er":1.5}}}""")]
    [InlineData("""{"unicode":"käse 🧀","quote":"\"'","star":"*x","amp":"&x","dash":"- x","tab":"a\tb","crlf":"a\r\nb"}""")]
    public void What_is_written_reads_back_the_same(string json)
    {
        string yaml = Yaml.Write(JsonNode.Parse(json));

        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), Yaml.ParseAll(yaml).Single().ToJsonString());
    }

    [Fact]
    public void Any_text_survives_writing_and_reading()
    {
        var random = new Random(7);
        const string Alphabet = "ab 1.-:#'\"{}[]&*!|>%@`,?~\n\r\t\u0085\u2028é🧀\\=0xtrueno_";
        for (int i = 0; i < 5_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => Alphabet.EnumerateRunes().ElementAt(random.Next(Alphabet.EnumerateRunes().Count())).ToString()));
            string yaml = Yaml.Write(new JsonObject { ["a"] = text, ["b"] = new JsonArray(text) });

            var read = Yaml.ParseAll(yaml).Single();

            Assert.True(read["a"]!.ToString() == text && read["b"]![0]!.ToString() == text, $"{JsonValue.Create(text)!.ToJsonString()} became\n{yaml}");
        }
    }
}
