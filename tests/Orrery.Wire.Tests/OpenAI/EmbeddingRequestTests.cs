using System.Text;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Tests.OpenAI;

public sealed class EmbeddingRequestTests
{
    [Theory]
    [InlineData("\"x\"", "text x")]
    [InlineData("\"\"", "text ")]
    [InlineData("""["x","","z"]""", "text x; text ; text z")]
    [InlineData("[1,2,3]", "tokens 1,2,3")]
    [InlineData("[[1,2],[3]]", "tokens 1,2; tokens 3")]
    [InlineData("""["x",[3]]""", "text x; tokens 3")]
    public void An_input_has_several_shapes(string input, string expected)
    {
        var request = Assert.IsType<ReadOutcome<EmbeddingRequest>.Ok>(Read($$"""{"model":"m","input":{{input}}}""")).Request;

        Assert.Equal(expected, string.Join("; ", request.Inputs.Select(one => one switch
        {
            CompletionPrompt.Text text => $"text {text.Value}",
            CompletionPrompt.Tokens tokens => $"tokens {string.Join(',', tokens.Ids)}",
            _ => "?",
        })));
        Assert.Equal(("m", false, null), (request.Model, request.AsBase64, request.Dimensions));
    }

    [Fact]
    public void Format_and_dimensions_are_read()
    {
        var request = Assert.IsType<ReadOutcome<EmbeddingRequest>.Ok>(Read("""{"input":"x","encoding_format":"base64","dimensions":64,"user":"u"}""")).Request;

        Assert.Equal((true, 64), (request.AsBase64, request.Dimensions));
    }

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input":null}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":[[]]}""", "input")]
    [InlineData("""{"input":7}""", "input")]
    [InlineData("""{"input":["a",7]}""", "input")]
    [InlineData("""{"input":[1,1.5]}""", "input")]
    [InlineData("""{"input":[99999999999]}""", "input")]
    [InlineData("""{"input":{"text":"a"}}""", "input")]
    [InlineData("""{"input":"a","encoding_format":"int8"}""", "encoding_format")]
    [InlineData("""{"input":"a","dimensions":0}""", "dimensions")]
    [InlineData("""{"input":"a","model":7}""", "model")]
    public void What_does_not_fit_is_named(string body, string param)
        => Assert.Equal((400, param), Refused(body) is var error ? (error.Status, error.Param) : default);

    [Fact]
    public void Texts_of_one_request_are_bounded()
    {
        string Body(int count) => $$"""{"input":{{JsonSerializer.Serialize(Enumerable.Repeat("a", count))}}}""";

        Assert.IsType<ReadOutcome<EmbeddingRequest>.Ok>(Read(Body(EmbeddingRequest.MaxInputs)));
        Assert.Contains("'input' holds 2049 texts; at most 2048 are allowed", Refused(Body(EmbeddingRequest.MaxInputs + 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_has_the_shape_that_clients_know()
    {
        float[] vector = [0.5f, -1, 1e-9f];
        var answer = new EmbeddingList("m", [new EmbeddingEntry(0, new EmbeddingVector(vector)), new EmbeddingEntry(1, new EmbeddingVector(vector, AsBase64: true))], new EmbeddingUsage(7));

        Assert.Equal(
            """{"model":"m","data":[{"index":0,"embedding":[0.5,-1,1E-09],"object":"embedding"},{"index":1,"embedding":"AAAAPwAAgL9fcIkw","object":"embedding"}],"usage":{"prompt_tokens":7,"total_tokens":7},"object":"list"}""",
            JsonSerializer.Serialize(answer, WireJson.Wire.EmbeddingList));
    }

    private static OpenAIError Refused(string body) => Assert.IsType<ReadOutcome<EmbeddingRequest>.Refused>(Read(body)).Error;

    private static ReadOutcome<EmbeddingRequest> Read(string body) => EmbeddingRequest.Read(Encoding.UTF8.GetBytes(body));
}
