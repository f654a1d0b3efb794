using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Wire.Sse;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery run MODEL "PROMPT"</c>: streams a completion.</summary>
internal static class RunCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "Name as `orrery models` lists it." };
        var prompt = new Argument<string>("PROMPT") { Description = "Text to continue." };
        var maxTokens = new Option<int>("--max-tokens") { Description = "Tokens to add at most.", DefaultValueFactory = _ => 256 };
        var temperature = new Option<float>("--temperature") { Description = "0 is greedy.", DefaultValueFactory = _ => 0 };
        var seed = new Option<long?>("--seed") { Description = "Same seed, same text." };
        var command = new Command("run", "Continue a text with a model, as it is generated.") { model, prompt, maxTokens, temperature, seed };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var body = new JsonObject
            {
                ["model"] = parsed.GetValue(model),
                ["prompt"] = parsed.GetValue(prompt),
                ["max_tokens"] = parsed.GetValue(maxTokens),
                ["temperature"] = parsed.GetValue(temperature),
                ["stream"] = true,
            };
            if (parsed.GetValue(seed) is { } value)
                body["seed"] = value;
            await StreamAsync(home.Gateway, body, console.Profile.Out.Writer, ct);
            return 0;
        });
        return command;
    }

    private static async Task StreamAsync(HttpClient gateway, JsonObject body, TextWriter output, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await SendAsync(gateway, request, ct);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseReader.ReadAsync(stream, ct))
        {
            if (item.Data == "[DONE]")
                break;
            var chunk = JsonNode.Parse(item.Data)!;
            if (chunk["error"]?["message"] is { } error)
            {
                await output.WriteLineAsync();
                throw new CliException(error.ToString());
            }
            await output.WriteAsync(chunk["choices"]?[0]?["text"]?.ToString());
            await output.FlushAsync(ct);
        }
        await output.WriteLineAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient gateway, HttpRequestMessage request, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await gateway.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"{gateway.BaseAddress} does not answer ({e.Message}). Is orrery up running?");
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync(ct);
            throw new CliException(MessageOf(text) ?? $"The gateway answered {(int)response.StatusCode} {response.ReasonPhrase}.");
        }
    }

    private static string? MessageOf(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["error"]?["message"]?.ToString();
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
