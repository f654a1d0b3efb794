using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Cli.Tokens;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery tokenize MODEL [TEXT]</c>: how a model cuts a text, with a served model's tokenizer or a file's.</summary>
internal static class TokenizeCommand
{
    public static Command Create(IAnsiConsole console, TextReader input)
    {
        var model = new Argument<string>("MODEL") { Description = "Name as `orrery models` lists it, or a path: a GGUF file, or a folder with tokenizer.json." };
        var text = new Argument<string?>("TEXT") { Description = "Without one: what comes in on standard input.", Arity = ArgumentArity.ZeroOrOne };
        var chat = new Option<bool>("--chat") { Description = "TEXT is a user's message: the model's chat template is put around it." };
        var ids = new Option<bool>("--ids") { Description = "Print the ids alone, on one line." };
        var decode = new Option<bool>("--decode") { Description = "TEXT is ids, set apart by spaces or commas; prints their text." };
        var command = new Command("tokenize", "Show how a model cuts a text into tokens.") { model, text, chat, ids, decode };
        command.SetAction(async (parsed, ct) =>
        {
            string name = parsed.GetValue(model)!;
            string given = parsed.GetValue(text) ?? await input.ReadToEndAsync(ct);
            bool asChat = parsed.GetValue(chat);
            if (asChat && parsed.GetValue(decode))
                throw new CliException("--chat and --decode exclude each other.");

            var output = console.Profile.Out.Writer;
            if (Path.Exists(name))
            {
                if (asChat)
                    throw new CliException($"--chat needs a served model, and '{name}' is a path. Serve it with: orrery up --model {name}");
                var tokenizer = LocalTokenizer.Open(name);
                await output.WriteAsync(parsed.GetValue(decode)
                    ? LocalTokenizer.Detokenize(tokenizer, Ids(given)) + "\n"
                    : Shown(LocalTokenizer.Tokenize(tokenizer, given), parsed.GetValue(ids)));
                return 0;
            }

            using var home = CommonOptions.Connect(parsed);
            var client = new ModelClient(home.Gateway);
            await output.WriteAsync(parsed.GetValue(decode)
                ? await client.DetokenizeAsync(name, Ids(given), ct) + "\n"
                : Shown(await client.TokenizeAsync(name, given, asChat, ct), parsed.GetValue(ids)));
            return 0;
        });
        return command;
    }

    private static string Shown(Tokenized text, bool idsAlone) => idsAlone
        ? string.Join(' ', text.Ids) + "\n"
        : TextTable.Render(["ID", "TOKEN"], [.. text.Ids.Zip(text.Names, (id, name) => (string[])[id.ToString(CultureInfo.InvariantCulture), Visible(name)])])
          + $"{text.Ids.Count} {(text.Ids.Count == 1 ? "token" : "tokens")}\n";

    // A token that holds a line's end would break the table.
    private static string Visible(string token) => JsonValue.Create(token).ToJsonString(Relaxed)[1..^1];

    private static System.Text.Json.JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static List<int> Ids(string text)
    {
        var ids = new List<int>();
        foreach (string word in text.Split([' ', ',', '\n', '\t', '[', ']'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id))
                throw new CliException($"--decode: '{word}' must be a token id, a whole number.");
            ids.Add(id);
        }
        return ids;
    }
}
