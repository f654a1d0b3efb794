using System.Text;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Tests.OpenAI;

public sealed class CompletionRequestTests
{
    [Fact]
    public void Every_field_is_read()
    {
        var request = Read("""
            {"model":"m","prompt":"Once","stream":true,"stream_options":{"include_usage":true},"max_tokens":7,"temperature":0.5,"top_p":0.9,
             "top_k":40,"min_p":0.05,"presence_penalty":-0.5,"frequency_penalty":2,"repetition_penalty":1.1,"logit_bias":{"7":-100,"0":0.5},
             "seed":-3,"stop":["a","b"],"n":3,"best_of":3,"logprobs":5,"user":"someone","unknown":{"x":[1]}}
            """);

        Assert.Equal("m", request.Model);
        Assert.Equal(new CompletionPrompt.Text("Once"), request.Prompt);
        Assert.Equal(["a", "b"], request.Parameters.Stop);
        Assert.Equal(
            new GenerationParameters
            {
                Stream = true, IncludeUsage = true, MaxTokens = 7, Temperature = 0.5f, TopP = 0.9f, TopK = 40, MinP = 0.05f, PresencePenalty = -0.5f,
                FrequencyPenalty = 2, RepetitionPenalty = 1.1f, LogitBias = request.Parameters.LogitBias, Choices = 3, TopLogProbs = 5, Seed = -3,
                Stop = request.Parameters.Stop,
            },
            request.Parameters);
        Assert.Equal([(7, -100f), (0, 0.5f)], request.Parameters.LogitBias.Select(bias => (bias.Key, bias.Value)));
    }

    [Fact]
    public void What_is_left_out_or_null_has_its_default()
    {
        var defaults = Read("""{"prompt":"x"}""");
        var nulls = Read("""{"prompt":"x","stream":null,"stream_options":null,"max_tokens":null,"temperature":null,"top_p":null,"top_k":null,"seed":null,"stop":null,"n":null,"best_of":null,"min_p":null,"presence_penalty":null,"frequency_penalty":null,"repetition_penalty":null,"logit_bias":null,"logprobs":null}""");

        Assert.Equal(new GenerationParameters { Stop = defaults.Parameters.Stop }, defaults.Parameters);
        Assert.Equal(defaults.Parameters with { Stop = nulls.Parameters.Stop }, nulls.Parameters);
        Assert.Empty(nulls.Parameters.Stop);
        Assert.Equal("", defaults.Model);
    }

    [Theory]
    [InlineData("""{"prompt":"x","echo":true}""", true)]
    [InlineData("""{"prompt":"x","echo":true,"logprobs":false}""", true)]
    [InlineData("""{"prompt":"x","echo":false,"logprobs":1}""", false)]
    [InlineData("""{"prompt":"x"}""", false)]
    public void The_prompt_is_echoed_when_asked(string body, bool expected)
        => Assert.Equal(expected, Read(body).Echo);

    [Theory]
    [InlineData("\"x\"", "text x")]
    [InlineData("[\"x\"]", "text x")]
    [InlineData("[1,2,3]", "tokens 1,2,3")]
    [InlineData("[7]", "tokens 7")]
    [InlineData("[[1,2]]", "tokens 1,2")]
    [InlineData("\"\"", "text ")]
    public void A_prompt_has_several_shapes(string prompt, string expected)
    {
        string actual = Read($$"""{"prompt":{{prompt}}}""").Prompt switch
        {
            CompletionPrompt.Text text => $"text {text.Value}",
            CompletionPrompt.Tokens tokens => $"tokens {string.Join(',', tokens.Ids)}",
            _ => "?",
        };

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("""{}""", "prompt")]
    [InlineData("""{"prompt":null}""", "prompt")]
    [InlineData("""{"prompt":5}""", "prompt")]
    [InlineData("""{"prompt":[]}""", "prompt")]
    [InlineData("""{"prompt":["a","b"]}""", "prompt")]
    [InlineData("""{"prompt":[1.5,2]}""", "prompt")]
    [InlineData("""{"prompt":[99999999999,2]}""", "prompt")]
    [InlineData("""{"prompt":"x","model":5}""", "model")]
    [InlineData("""{"prompt":"x","stream":"yes"}""", "stream")]
    [InlineData("""{"prompt":"x","stream_options":5}""", "stream_options")]
    [InlineData("""{"prompt":"x","stream_options":{"include_usage":5}}""", "stream_options.include_usage")]
    [InlineData("""{"prompt":"x","max_tokens":0}""", "max_tokens")]
    [InlineData("""{"prompt":"x","max_tokens":1.5}""", "max_tokens")]
    [InlineData("""{"prompt":"x","max_tokens":99999999999}""", "max_tokens")]
    [InlineData("""{"prompt":"x","temperature":-0.1}""", "temperature")]
    [InlineData("""{"prompt":"x","temperature":1e300}""", "temperature")]
    [InlineData("""{"prompt":"x","top_p":1.01}""", "top_p")]
    [InlineData("""{"prompt":"x","top_k":-2}""", "top_k")]
    [InlineData("""{"prompt":"x","seed":"s"}""", "seed")]
    [InlineData("""{"prompt":"x","stop":[1]}""", "stop")]
    [InlineData("""{"prompt":"x","stop":""}""", "stop")]
    [InlineData("""{"prompt":"x","stop":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"]}""", "stop")]
    [InlineData("""{"prompt":"x","n":0}""", "n")]
    [InlineData("""{"prompt":"x","n":17}""", "n")]
    [InlineData("""{"prompt":"x","n":"1"}""", "n")]
    [InlineData("""{"prompt":"x","best_of":2}""", "best_of")]
    [InlineData("""{"prompt":"x","echo":1}""", "echo")]
    [InlineData("""{"prompt":"x","echo":true,"logprobs":0}""", "echo")]
    [InlineData("""{"prompt":"x","suffix":"s"}""", "suffix")]
    [InlineData("""{"prompt":"x","n":2,"best_of":1}""", "best_of")]
    [InlineData("""{"prompt":"x","logprobs":21}""", "logprobs")]
    [InlineData("""{"prompt":"x","logprobs":-1}""", "logprobs")]
    [InlineData("""{"prompt":"x","logprobs":true}""", "logprobs")]
    [InlineData("""{"prompt":"x","presence_penalty":2.1}""", "presence_penalty")]
    [InlineData("""{"prompt":"x","frequency_penalty":-2.1}""", "frequency_penalty")]
    [InlineData("""{"prompt":"x","repetition_penalty":0}""", "repetition_penalty")]
    [InlineData("""{"prompt":"x","min_p":1.1}""", "min_p")]
    [InlineData("""{"prompt":"x","logit_bias":5}""", "logit_bias")]
    [InlineData("""{"prompt":"x","logit_bias":{"word":2}}""", "logit_bias")]
    [InlineData("""{"prompt":"x","logit_bias":{"-1":2}}""", "logit_bias")]
    [InlineData("""{"prompt":"x","logit_bias":{"99999999999":2}}""", "logit_bias")]
    [InlineData("""{"prompt":"x","logit_bias":{"1":"2"}}""", "logit_bias")]
    [InlineData("""{"prompt":"x","logit_bias":{"1":100.5}}""", "logit_bias")]
    [InlineData("""{"prompt":"x","logit_bias":{"1":-1e300}}""", "logit_bias")]
    public void A_problem_names_its_parameter(string body, string param)
    {
        var error = Refused(Encoding.UTF8.GetBytes(body));

        Assert.Equal((400, param), (error.Status, error.Param));
        Assert.Contains(param.Split('.')[^1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neutral_values_are_as_if_left_out()
    {
        var neutral = Read("""{"prompt":"x","n":1,"best_of":1,"echo":false,"suffix":"","logprobs":false,"tools":[],"response_format":{"type":"text"},"presence_penalty":0,"frequency_penalty":0.0,"logit_bias":{}}""");

        Assert.Equal(new GenerationParameters { Stop = neutral.Parameters.Stop }, neutral.Parameters);
    }

    [Fact]
    public void A_bad_bias_is_shown_and_a_long_one_is_cut()
    {
        Assert.Equal("'logit_bias' gives token 1 the bias 100.5; it must be a number from -100 to 100.", Message("""{"1":100.5}"""));
        Assert.Contains($"the name '{new string('a', 40)}…'; names must be token ids", Message($$"""{"{{new string('a', 5000)}}":1}"""), StringComparison.Ordinal);

        string Message(string bias) => Refused(Encoding.UTF8.GetBytes($$"""{"prompt":"x","logit_bias":{{bias}}}""")).Message;
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"prompt\":\"x\"} trailing")]
    [InlineData("{\"prompt\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1,\"prompt\":\"x\",\"model\":\"\\udc00\"}")]
    public void What_is_no_JSON_object_of_texts_is_refused(string body)
        => Assert.Equal("invalid_json", Refused(Encoding.UTF8.GetBytes(body)).Code);

    [Fact]
    public void Invalid_UTF8_is_refused()
        => Assert.Equal("invalid_json", Refused([.. "{\"prompt\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Code);

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
        => Assert.Equal("invalid_json", Refused(Encoding.UTF8.GetBytes("{\"prompt\":\"x\",\"deep\":" + new string('[', 100_000))).Code);

    private static CompletionRequest Read(string body)
        => Assert.IsType<ReadOutcome<CompletionRequest>.Ok>(CompletionRequest.Read(Encoding.UTF8.GetBytes(body))).Request;

    private static OpenAIError Refused(byte[] body) => Assert.IsType<ReadOutcome<CompletionRequest>.Refused>(CompletionRequest.Read(body)).Error;
}
