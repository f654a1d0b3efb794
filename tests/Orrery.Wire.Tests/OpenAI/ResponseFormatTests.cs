using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Tests.OpenAI;

public sealed class ResponseFormatTests
{
    [Theory]
    [InlineData("""{"type":"text"}""", null)]
    [InlineData("null", null)]
    [InlineData("""{"type":"json_object"}""", "any object")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"integer"}}}""", """{"type":"integer"}""")]
    public void What_is_asked_for_is_read(string format, string? expected)
    {
        var read = Assert.IsType<ReadOutcome<CompletionRequest>.Ok>(CompletionRequest.Read(Body(format))).Request.Parameters.Format;

        Assert.Equal(expected, read switch { null => null, ResponseFormat.Schema schema => schema.Value.GetRawText(), _ => "any object" });
    }

    [Theory]
    [InlineData("""{"type":"xml"}""", "must be text, json_object or json_schema")]
    [InlineData("""{}""", "must be text, json_object or json_schema")]
    [InlineData("\"json\"", "must be text, json_object or json_schema")]
    [InlineData("""{"type":"json_schema"}""", "must be an object with 'name' and 'schema'")]
    [InlineData("""{"type":"json_schema","json_schema":{}}""", "must be an object with 'name' and 'schema'")]
    public void Anything_else_is_refused_by_name(string format, string expected)
    {
        var error = Assert.IsType<ReadOutcome<CompletionRequest>.Refused>(CompletionRequest.Read(Body(format))).Error;

        Assert.Equal("response_format", error.Param);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Body(string format) => System.Text.Encoding.UTF8.GetBytes($$"""{"prompt":"x","response_format":{{format}}}""");
}
