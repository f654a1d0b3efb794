using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Spectre.Console;

namespace Orrery.Cli.Tests.Inspecting;

/// <summary><c>orrery models inspect</c> of what lies on this machine.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_a_table_of_what_it_is()
    {
        string[] lines = (await OrreryAsync(Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf"))).Split('\n');

        Assert.Equal("Name           stories260K", lines[0]);
        Assert.Contains("Parameters     260K (260,032, counted)", lines);
        Assert.Contains("Quantization   Q8_0", lines);
        Assert.Contains("Context        512 tokens", lines);
        Assert.Contains("KV cache       640 B a token; 320.0 KiB at full context", lines);
        Assert.Contains("Capabilities   TEXT_TO_TEXT", lines);
    }

    [Fact]
    public async Task A_config_alone_is_estimated_and_says_so()
    {
        string[] lines = (await OrreryAsync(Config("gpt_oss_120b"))).Split('\n');

        Assert.Contains("Format         none: there are no weights", lines);
        Assert.Contains("Parameters     117B (116,829,156,672, estimated from the config)", lines);
        Assert.Contains("Active         5.71B (5,711,982,912)", lines);
        Assert.Contains("Types          MXFP4 98 %, BF16 1.82 %", lines);
        Assert.Contains("Context        131,072 tokens, stretched by yarn", lines);
        Assert.Contains(lines, line => line.StartsWith("KV cache       72.0 KiB a token, 36.0 KiB of them within a window of 128 tokens; 4.5 GiB at full context", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Programs_get_the_same_as_JSON()
    {
        var json = JsonNode.Parse(await OrreryAsync(Config("qwen3_5_35b_a3b"), "-o", "json"))!;

        Assert.Equal(("qwen3_5_moe", "Qwen3_5MoeForConditionalGeneration", true), ((string)json["modelType"]!, (string)json["architecture"]!, (bool)json["known"]!));
        Assert.Equal((22_402_981_632, "estimated"), ((long)json["parameters"]!["total"]!, (string)json["parameters"]!["origin"]!));
        Assert.Equal((49_152, 77_266_944), ((long)json["kvCache"]!["bytesPerToken"]!, (long)json["kvCache"]!["stateBytes"]!));
        Assert.Equal(["IMAGE_TEXT_TO_TEXT", "TEXT_TO_TEXT"], json["capabilities"]!.AsArray().Select(word => (string)word!));
        Assert.Equal("262144", await OrreryAsync(Config("qwen3_5_35b_a3b"), "-o", "jsonpath={.contextTokens}"));
    }

    [Theory]
    [InlineData("key 'hidden_size' is a string", "CONFIG")]
    [InlineData("There is no model file 'none/at.gguf'.", "none/at.gguf")]
    [InlineData("shows as table, json, yaml, name or jsonpath=…", "CONFIG", "-o", "custom-columns=A:.a")]
    public async Task A_mistake_is_one_line(string expected, params string[] arguments)
    {
        File.WriteAllText(_folder.File("config.json"), expected.Contains("hidden", StringComparison.Ordinal) ? """{"model_type": "llama", "hidden_size": "x"}""" : """{"model_type": "llama"}""");

        var error = await Assert.ThrowsAsync<CliException>(() => OrreryAsync([.. arguments.Select(argument => argument == "CONFIG" ? _folder.Path : argument)]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    /// <summary>A folder with this config alone.</summary>
    private string Config(string name)
    {
        File.Copy(Repository.File("tests", "Data", "configs", name + ".json"), _folder.File("config.json"), overwrite: true);
        return _folder.Path;
    }

    private static async Task<string> OrreryAsync(params string[] arguments)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        Assert.Equal(0, await AllCommands.Create(console, TextReader.Null).Parse(["models", "inspect", .. arguments]).InvokeAsync(new() { EnableDefaultExceptionHandler = false }, Ct));
        return writer.ToString();
    }
}
