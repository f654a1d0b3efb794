using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output.JsonPath;

namespace Orrery.Cli.Tests.Output;

/// <summary>The expected texts are what kubectl 1.33 prints for the same object and template.</summary>
public sealed class JsonPathTests
{
    private static readonly JsonNode Json = JsonNode.Parse("""
        {"kind":"List","items":[
          {"metadata":{"name":"a","labels":{"app.io/name":"x","tier":"web"}},"spec":{"replicas":1,"ports":[80,443]},"status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Other","status":"False"}]}},
          {"metadata":{"name":"b"},"spec":{"replicas":12,"ports":[]},"status":{"conditions":[{"type":"Ready","status":"False"}]}},
          {"metadata":{"name":"c"},"spec":{"replicas":3,"paused":true}}]}
        """)!;

    [Theory]
    [InlineData("{.kind}", "List")]
    [InlineData(".kind", "List")]
    [InlineData("kind", "List")]
    [InlineData("{$.kind}", "List")]
    [InlineData("{.items[*].metadata.name}", "a b c")]
    [InlineData("{.items[0].metadata.name} and {.items[-1].metadata.name}", "a and c")]
    [InlineData("{.items[0:2].metadata.name}", "a b")]
    [InlineData("{.items[0,2].metadata.name}", "a c")]
    [InlineData("{.items[::2].metadata.name}", "a c")]
    [InlineData("{.items[1:].metadata.name}", "b c")]
    [InlineData("{range .items[*]}{.metadata.name}={.spec.replicas}{\"\\n\"}{end}", "a=1\nb=12\nc=3\n")]
    [InlineData("{range .items[*]}{range .spec.ports[*]}{@};{end}|{end}", "80;443;|||")]
    [InlineData("{.items[?(@.spec.replicas>2)].metadata.name}", "b c")]
    [InlineData("{.items[?(@.spec.paused==true)].metadata.name}", "c")]
    [InlineData("{.items[?(@.spec.paused)].metadata.name}", "c")]
    [InlineData("{.items[?(@.metadata.name!=\"b\")].metadata.name}", "a c")]
    [InlineData("{.items[0].status.conditions[?(@.type==\"Ready\")].status}", "True")]
    [InlineData("{.items[0].metadata.labels.app\\.io/name}", "x")]
    [InlineData("{.items[0].metadata.labels['tier']}", "web")]
    [InlineData("{.items[0].metadata.labels['app.io/name','tier']}", "x web")]
    [InlineData("{..name}", "a b c")]
    [InlineData("{.items[0].spec.ports}", "[80,443]")]
    [InlineData("{.items[2].spec}", "{\"replicas\":3,\"paused\":true}")]
    [InlineData("{.none.at.all}", "")]
    [InlineData("{.items[7].metadata.name}", "")]
    [InlineData("{\"a}b\"}", "a}b")]
    public void A_template_prints_what_it_selects(string template, string expected)
        => Assert.Equal(expected, JsonPathTemplate.Parse(template).Render(Json));

    [Theory]
    [InlineData("{.items[}")]
    [InlineData("{.items[abc]}")]
    [InlineData("{.items[?(@.a=)]}")]
    [InlineData("{.items[?@.a]}")]
    [InlineData("{.items[::-1]}")]
    [InlineData("{.items[99999999999]}")]
    [InlineData("{.a")]
    [InlineData("{end}")]
    [InlineData("{range .items[*]}x")]
    [InlineData("{.a['b}")]
    [InlineData("{.a b}")]
    public void What_is_no_template_is_told(string template)
        => Assert.StartsWith("jsonpath: ", Assert.Throws<CliException>(() => JsonPathTemplate.Parse(template)).Message);

    [Fact]
    public void Any_text_is_a_template_or_a_mistake_and_nothing_else()
    {
        const string Alphabet = "{}[]().*?@$'\"\\=<>!,:-ab01 range end";
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                JsonPathTemplate.Parse(text).Render(Json);
            }
            catch (CliException)
            {
                // A mistake.
            }
        }
    }
}
