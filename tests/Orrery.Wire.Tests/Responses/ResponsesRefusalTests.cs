using System.Text;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Responses;

namespace Orrery.Wire.Tests.Responses;

public sealed class ResponsesRefusalTests
{
    private static OpenAIError Refusal(string json)
        => Assert.IsType<ReadOutcome<ResponsesRequest>.Refused>(ResponsesRequest.Read(Encoding.UTF8.GetBytes(json), [], mayStore: true, DateTimeOffset.UnixEpoch)).Error;

    [Theory]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"conversation\":\"c\"", "conversation")]
    [InlineData("\"prompt\":{\"id\":\"p\"}", "prompt")]
    [InlineData("\"truncation\":\"auto\"", "truncation")]
    [InlineData("\"include\":[\"everything\"]", "include")]
    [InlineData("\"metadata\":{\"a\":1}", "metadata")]
    [InlineData("\"metadata\":[]", "metadata")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"top_p\":2", "top_p")]
    [InlineData("\"max_output_tokens\":0", "max_output_tokens")]
    [InlineData("\"top_logprobs\":21", "top_logprobs")]
    [InlineData("\"instructions\":[]", "instructions")]
    [InlineData("\"previous_response_id\":5", "previous_response_id")]
    [InlineData("\"store\":\"yes\"", "store")]
    [InlineData("\"text\":{\"format\":{\"type\":\"xml\"}}", "text.format.type")]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_schema\"}}", "text.format.schema")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"name\":\"n\"}]", "tools[0].type")]
    [InlineData("\"tools\":[7]", "tools[0]")]
    [InlineData("\"tools\":{}", "tools")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\"}],\"tool_choice\":{\"type\":\"mcp\"}", "tool_choice.type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\"}],\"tool_choice\":{\"type\":\"allowed_tools\",\"mode\":\"auto\",\"tools\":[{\"type\":\"mcp\"}]}", "tool_choice.tools[0].type")]
    public void What_cannot_be_is_refused_by_name(string more, string param) => Assert.Equal(param, Refusal($$"""{"model":"m","input":"x",{{more}}}""").Param);

    [Theory]
    [InlineData("[]", "input")]
    [InlineData("7", "input")]
    [InlineData("null", "input")]
    [InlineData("[7]", "input[0]")]
    [InlineData("""[{"type":"item_reference","id":"x"}]""", "input[0].type")]
    [InlineData("""[{"type":"computer_call"}]""", "input[0].type")]
    [InlineData("""[{"role":"robot","content":"x"}]""", "input[0].role")]
    [InlineData("""[{"role":"user"}]""", "input[0].content")]
    [InlineData("""[{"role":"user","content":[7]}]""", "input[0].content[0]")]
    [InlineData("""[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]""", "input[0].content[0].type")]
    [InlineData("""[{"role":"user","content":[{"type":"input_file","file_url":"https://example.com"}]}]""", "input[0].content[0].type")]
    [InlineData("""[{"role":"system","content":[{"type":"input_image","image_url":"u"}]}]""", "input[0].content[0].type")]
    [InlineData("""[{"role":"assistant","content":[{"type":"input_image","image_url":"u"}]}]""", "input[0].content[0].type")]
    [InlineData("""[{"type":"function_call","name":"f","arguments":"{}"}]""", "input[0].call_id")]
    [InlineData("""[{"type":"function_call_output","call_id":"c"}]""", "input[0].output")]
    public void An_item_that_cannot_be_is_refused_by_its_place(string input, string param) => Assert.Equal(param, Refusal($$"""{"model":"m","input":{{input}}}""").Param);

    [Theory]
    [InlineData("""{"model":"m","input":"\ud800"}""")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":"\ud800"}]}""")]
    [InlineData("""{"model":"m","input":[{"type":"reasoning","summary":[],"encrypted_content":"\ud800"}]}""")]
    [InlineData("""{"model":"m","input":"x","metadata":{"\ud800":"v"}}""")]
    [InlineData("""{"model":"m","input":"x","tool_choice":"\ud800"}""")]
    [InlineData("""{"model":"m","input":"x","text":{"format":{"type":"text","more":"\ud800"}}}""")]
    [InlineData("""{"model":"m","input":"x","tools":[{"type":"function","name":"f","parameters":{"\ud800":1}}]}""")]
    [InlineData("""{"model":"m","input":"x" """)]
    [InlineData("[]")]
    public void Text_that_is_none_is_the_requests_fault(string body) => Assert.Equal("invalid_json", Refusal(body).Code);

    [Fact]
    public void A_model_must_be_named() => Assert.Equal("model", Refusal("""{"input":"x"}""").Param);
}
