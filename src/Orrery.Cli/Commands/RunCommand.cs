using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery run MODEL "PROMPT"</c>: streams a completion.</summary>
internal static class RunCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "Name as `orrery models` lists it." };
        var prompt = new Argument<string>("PROMPT") { Description = "Text to continue." };
        var maxTokens = CommonOptions.MaxTokens("Tokens to add at most.");
        var temperature = CommonOptions.Temperature();
        var seed = CommonOptions.Seed();
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
            };
            if (parsed.GetValue(seed) is { } value)
                body["seed"] = value;

            var output = console.Profile.Out.Writer;
            await foreach (var piece in new ModelClient(home.Gateway).StreamAsync("v1/completions", body, ct))
            {
                await output.WriteAsync(piece.Text);
                await output.FlushAsync(ct);
            }
            await output.WriteLineAsync();
            return 0;
        });
        return command;
    }
}
