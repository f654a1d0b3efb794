using System.Text;
using Orrery.Gateway.Requests;

namespace Orrery.Gateway.Tests.Requests;

public sealed class AskTests
{
    [Theory]
    [InlineData("plain", """{"model":"m"}""", "m")]
    [InlineData("streamed", """{"model":"m","stream":true}""", "m streamed")]
    [InlineData("not streamed", """{"stream":false,"model":"m"}""", "m")]
    [InlineData("stream of another type is for the replica to refuse", """{"stream":"true","model":"m"}""", "m")]
    [InlineData("nested names do not count", """{"a":{"model":"x","stream":true},"b":[{"model":"y"}],"model":"m"}""", "m")]
    [InlineData("names in strings do not count", """{"a":"\"model\":\"x\"","model":"m"}""", "m")]
    [InlineData("an escaped name is the name", """{"mod\u0065l":"m\u00e9"}""", "mé")]
    [InlineData("other capitals are another name", """{"Model":"x","model":"m"}""", "m")]
    [InlineData("space around", " \r\n\t{ \"model\" : \"m\" } \n", "m")]
    [InlineData("given twice", """{"model":"a","model":"b"}""", "refused model")]
    [InlineData("given twice, once escaped", """{"model":"a","mode\u006c":"a"}""", "refused model")]
    [InlineData("stream given twice", """{"model":"a","stream":true,"stream":false}""", "refused stream")]
    [InlineData("missing", """{"stream":true}""", "refused model")]
    [InlineData("empty", """{"model":""}""", "refused model")]
    [InlineData("null", """{"model":null}""", "refused model")]
    [InlineData("a number", """{"model":5}""", "refused model")]
    [InlineData("an object", """{"model":{"model":"m"}}""", "refused model")]
    [InlineData("an array", """["model","m"]""", "refused ")]
    [InlineData("a string", "\"model\"", "refused ")]
    [InlineData("nothing", "", "refused ")]
    [InlineData("space", "  ", "refused ")]
    [InlineData("cut off", """{"model":"m" """, "refused ")]
    [InlineData("cut off in a string", """{"model":"m""", "refused ")]
    [InlineData("two objects", """{"model":"m"}{"model":"n"}""", "refused ")]
    [InlineData("broken after the model", """{"model":"m","x":}""", "refused ")]
    [InlineData("trailing comma", """{"model":"m",}""", "refused ")]
    [InlineData("comment", """{"model":"m"/*x*/}""", "refused ")]
    [InlineData("half a surrogate pair as model", """{"model":"\ud800"}""", "refused ")]
    [InlineData("half a surrogate pair as a name", """{"model":"m","\ud800":1}""", "refused ")]
    [InlineData("byte order mark", "\uFEFF{\"model\":\"m\"}", "refused ")]
    public void Reading(string because, string body, string expected)
    {
        string actual = Show(Ask.Read(Encoding.UTF8.GetBytes(body)));

        Assert.True(expected == actual, $"{because}: expected '{expected}', got '{actual}'");
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "\"m\"", 0)]
    [InlineData("""{"é":"é", "mod\u0065l" : "\u006d:é" }""", "\"\\u006d:é\"", 0)]
    [InlineData("""{"x":{"model":"n","prompt":"nested"},"prompt":"1234","model":"m"}""", "\"m\"", 6)]
    [InlineData("""{"messages":[{"role":"user","content":"é"}],"model":"m"}""", "\"m\"", 32)]
    [InlineData("""{"input":["a","b"],"model":"m","suffix":"x"}""", "\"m\"", 9)]
    public void It_knows_where_the_name_stands_and_how_long_the_prompt_is(string body, string name, long promptBytes)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        var ask = Assert.IsType<Ask.For>(Ask.Read(bytes));

        Assert.Equal((name, promptBytes), (Encoding.UTF8.GetString(bytes[ask.ModelAt]), ask.PromptBytes));
    }

    [Fact]
    public void Invalid_UTF8_is_refused_wherever_it_is()
        => Assert.Equal("refused ", Show(Ask.Read([.. "{\"model\":\"m\",\"x\":\""u8, 0xE2, 0x82, .. "\"}"u8])));

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
        => Assert.Equal("refused ", Show(Ask.Read(Encoding.UTF8.GetBytes("{\"model\":\"m\",\"x\":" + new string('[', 1_000_000)))));

    private static string Show(Ask ask) => ask switch
    {
        Ask.For found => found.Model + (found.Stream ? " streamed" : ""),
        Ask.Refused refused => $"refused {refused.Error.Param}",
        _ => "?",
    };
}
