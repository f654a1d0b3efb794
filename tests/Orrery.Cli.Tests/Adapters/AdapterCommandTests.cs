using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Orrery.Models;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding;
using Orrery.Tensors;
using Spectre.Console;

namespace Orrery.Cli.Tests.Adapters;

/// <summary><c>orrery engine --adapter</c> and <c>orrery merge</c>, over the small model of the tests.</summary>
public sealed class AdapterCommandTests : IDisposable
{
    private const string Module = "base_model.model.model.layers.0.mlp.down_proj";

    private readonly TempFolder _folder = new();

    private static string Gguf => Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf");

    private static string Hf => Repository.File("tests", "Data", "stories260K", "hf-bf16");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_adapter_beside_the_model_and_one_merged_into_it_write_the_same_text()
    {
        string adapter = WriteAdapter("pirate"), merged = _folder.File("merged");
        Assert.Equal($"{merged}: {Hf} with 1 module of {adapter}\n", await OrreryAsync("merge", Hf, adapter, merged));

        string plain = await TextAsync("any", "--model", Hf);
        string beside = await TextAsync("any:pirate", "--model", Hf, "--adapter", $"pirate={adapter}");
        string inside = await TextAsync("any", "--model", merged);

        Assert.Equal(beside, inside);
        Assert.NotEqual(plain, beside);
    }

    [Fact]
    public async Task A_quantized_base_keeps_its_type()
    {
        string merged = _folder.File("merged.gguf");

        await OrreryAsync("merge", Gguf, WriteAdapter("pirate"), merged);

        Assert.Equal("Q8_0", ModelSummary.Read(merged).Quantization);
    }

    [Fact]
    public async Task The_engine_lists_its_adapters()
    {
        string adapter = WriteAdapter("pirate");
        await ServedAsync(
            async client =>
            {
                var list = await client.GetFromJsonAsync<JsonObject>("/v1/models", Ct);
                Assert.Equal(["hf-bf16", "pirate", "poet"], list!["data"]!.AsArray().Select(entry => (string)entry!["id"]!));
                return "";
            },
            "--model", Hf, "--adapter", $"pirate={adapter}", "--adapter", $"poet={adapter}");
    }

    [Theory]
    [InlineData("--adapter: 'pirate' must be a name and a folder, as in pirate=/adapters/pirate", "engine", "--model", "BASE", "--adapter", "pirate")]
    [InlineData("--adapter: '=x' must be a name and a folder", "engine", "--model", "BASE", "--adapter", "=x")]
    [InlineData("none: the adapter does not exist", "engine", "--model", "BASE", "--adapter", "pirate=none")]
    [InlineData("engine.adapters: 'a' is there 2 times", "engine", "--model", "BASE", "--adapter", "a=x", "--adapter", "a=y")]
    [InlineData("--adapter: embeddings are made without adapters", "engine", "--model", "BASE", "--embeddings", "--adapter", "pirate=x")]
    [InlineData("There is no model file 'none.gguf'.", "merge", "none.gguf", "ADAPTER", "out")]
    [InlineData("none: the adapter does not exist", "merge", "BASE", "none", "out")]
    [InlineData("is there already. Give another name.", "merge", "BASE", "ADAPTER", "ADAPTER")]
    public async Task A_mistake_is_one_line(string expected, params string[] arguments)
    {
        string adapter = WriteAdapter("pirate");

        var error = await Assert.ThrowsAsync<CliException>(() => OrreryAsync([.. arguments.Select(argument => argument switch { "BASE" => Hf, "ADAPTER" => adapter, _ => argument })]));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.False(Path.Exists("out"));
    }

    private Task<string> TextAsync(string model, params string[] arguments) => ServedAsync(
        async client =>
        {
            using var response = await client.PostAsJsonAsync("/v1/completions", new JsonObject { ["model"] = model, ["prompt"] = "Once upon a time", ["max_tokens"] = 24, ["temperature"] = 0 }, Ct);
            return (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Ct))!["choices"]![0]!["text"]!;
        },
        arguments);

    /// <summary>Asks an engine that runs for the time of the question.</summary>
    private async Task<string> ServedAsync(Func<HttpClient, Task<string>> ask, params string[] arguments)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        string output = _folder.File("output");
        var running = RunAsync(["engine", "--port", "0", .. arguments], output, stop.Token);
        string address = await Eventually.SeesAsync(
            () => Task.FromResult(!running.IsCompleted && Read(output) is var line && line.Contains("answers at http", StringComparison.Ordinal) && line.EndsWith('\n') ? line.TrimEnd().Split(' ')[^1] : null),
            () => running.Exception?.Message ?? Read(output));
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        string answer = await ask(client);
        await stop.CancelAsync();
        await running;
        return answer;
    }

    /// <summary>What a command that ends by itself prints.</summary>
    private async Task<string> OrreryAsync(params string[] arguments)
    {
        await RunAsync(arguments, _folder.File("printed"), Ct);
        return Read(_folder.File("printed"));
    }

    /// <param name="output">A file, since it is read while the command runs.</param>
    private static async Task RunAsync(string[] arguments, string output, CancellationToken ct)
    {
        await using var writer = new StreamWriter(new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.Read));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        Assert.Equal(0, await AllCommands.Create(console, TextReader.Null).Parse(arguments).InvokeAsync(new() { EnableDefaultExceptionHandler = false }, ct));
    }

    private static string Read(string file)
    {
        if (!File.Exists(file))
            return "";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    /// <summary>One module, of rank 1, that turns the text.</summary>
    private string WriteAdapter(string name)
    {
        string folder = Directory.CreateDirectory(_folder.File(name)).FullName;
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), """{"peft_type": "LORA", "r": 1, "lora_alpha": 2, "bias": "none"}""");
        SafetensorsWriter.Write(folder, [Tensor(".lora_A.weight", [1, 172]), Tensor(".lora_B.weight", [64, 1])]);
        File.Move(Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "adapter_model.safetensors"));
        return folder;
    }

    private static TensorToWrite Tensor(string suffix, long[] shape)
    {
        float[] values = [.. Enumerable.Range(0, (int)(shape[0] * shape[1])).Select(i => i % 3 == 0 ? 0.5f : -0.25f)];
        return new TensorToWrite(Module + suffix, DType.F32, [.. shape], stream => stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values)));
    }
}
