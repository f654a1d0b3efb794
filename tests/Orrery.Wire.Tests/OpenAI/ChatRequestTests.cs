using System.Text;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Tests.OpenAI;

public sealed class ChatRequestTests
{
    [Fact]
    public void Content_is_a_string_or_text_parts_or_absent()
    {
        var request = Read("""
            {"messages":[
              {"role":"system","content":"Be kind."},
              {"role":"user","content":[{"type":"text","text":"He"},{"type":"text","text":"llo"}]},
              {"role":"assistant","content":null},
              {"role":"user","content":""}]}
            """);

        Assert.Equal([new("system", "Be kind."), new("user", "Hello"), new("assistant", ""), new("user", "")], request.Messages);
    }

    [Theory]
    [InlineData("""{"max_tokens":3}""", 3)]
    [InlineData("""{"max_completion_tokens":4}""", 4)]
    [InlineData("""{"max_tokens":3,"max_completion_tokens":4}""", 4)]
    public void The_newer_name_of_the_token_limit_wins(string fields, int expected)
        => Assert.Equal(expected, Read(fields.Replace("{", """{"messages":[{"role":"user","content":"x"}],""", StringComparison.Ordinal)).Parameters.MaxTokens);

    [Theory]
    [InlineData("""{"logprobs":true}""", 0)]
    [InlineData("""{"logprobs":true,"top_logprobs":20}""", 20)]
    [InlineData("""{"logprobs":false}""", null)]
    [InlineData("""{"logprobs":false,"top_logprobs":0}""", null)]
    [InlineData("""{"logprobs":null,"top_logprobs":null}""", null)]
    public void Log_probabilities_are_asked_for_by_a_flag_and_a_number(string fields, int? expected)
        => Assert.Equal(expected, Read(fields.Replace("{", """{"messages":[{"role":"user","content":"x"}],""", StringComparison.Ordinal)).Parameters.TopLogProbs);

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"logprobs":1}""", "logprobs")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_logprobs":2}""", "top_logprobs")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":21}""", "top_logprobs")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"best_of":2}""", "best_of")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"echo":true}""", "echo")]
    [InlineData("""{}""", "messages")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":"hi"}""", "messages")]
    [InlineData("""{"messages":["hi"]}""", "messages[0]")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":5,"content":"x"}]}""", "messages[1].role")]
    [InlineData("""{"messages":[{"role":"user","content":5}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", "messages[0].content[0]")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"},5]}]}""", "messages[0].content[1]")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{}]}""", "tools[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "response_format")]
    public void A_problem_names_its_parameter(string body, string param)
    {
        var error = Assert.IsType<ReadOutcome<ChatRequest>.Refused>(ChatRequest.Read(Encoding.UTF8.GetBytes(body))).Error;

        Assert.Equal((400, param), (error.Status, error.Param));
    }

    private static ChatRequest Read(string body)
        => Assert.IsType<ReadOutcome<ChatRequest>.Ok>(ChatRequest.Read(Encoding.UTF8.GetBytes(body))).Request;
}
