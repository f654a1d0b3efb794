using System.Text.Json.Nodes;
using Orrery.Bench.Engine;
using Orrery.Tensors;

namespace Orrery.Bench.Serving;

/// <summary>Which servers are measured: ours on the tests' tiny model and on 1.1 billion weights, each beside llama.cpp's; or ours beside any <c>--peer</c>.</summary>
internal static class ServeBenches
{
    private const int Slots = 16, Context = 1024;

    /// <summary>Words, which are tokens of the random model.</summary>
    private const int ShortPrompt = 16, LongPrompt = 768;

    public static async Task<IReadOnlyList<Figure>> RunAsync(string root, int requests)
    {
        var figures = new List<Figure>();
        string? llama = LlamaBench.Find("llama-server");
        if (llama is null)
            Console.Error.WriteLine("llama-server: skipped, the tests have not unpacked it yet");

        // :: The model of the tests: what is around the model
        string tiny = Path.Combine(root, "tests", "Data", "stories260K", "stories260K-F32.gguf");
        await BesideAsync(root, tiny, threads: 1, context: 256, llama, async targets =>
        {
            figures.AddRange(await ServeBench.OneTokenAsync("stories260K F32", targets, requests));
            figures.AddRange(await ServeBench.ClientsAsync("stories260K F32", targets, words: 4, tokens: 64, rounds: Math.Max(1, requests / 200)));
        });

        // :: 1.1 billion weights
        string large = RandomModel.Path(DType.Q4_0);
        await BesideAsync(root, large, Environment.ProcessorCount, Context, llama, async targets =>
        {
            figures.AddRange(await ServeBench.ClientsAsync("1.1B Q4_0", targets, ShortPrompt, tokens: 32, rounds: 2));
            figures.AddRange(await ServeBench.PrefixAsync("1.1B Q4_0", targets, LongPrompt));
        });
        return figures;
    }

    /// <summary>Ours on a file beside a server that runs already.</summary>
    public static async Task<IReadOnlyList<Figure>> BesideAsync(string root, string file, Uri peer, string? key)
    {
        await using var ours = await Running.EngineFileAsync(root, file, Environment.ProcessorCount, Context, Slots);
        using var http = new HttpClient { BaseAddress = peer };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var models = JsonNode.Parse(await http.GetStringAsync("/v1/models"));
        ServeTarget[] targets = [new("orrery", ours.Address, "any"), new(peer.Authority, peer, (string)models!["data"]![0]!["id"]!, key)];
        string model = Path.GetFileNameWithoutExtension(file);
        return
        [
            .. await ServeBench.OneTokenAsync(model, targets, requests: 16),
            .. await ServeBench.ClientsAsync(model, targets, ShortPrompt, tokens: 32, rounds: 2),
            .. await ServeBench.PrefixAsync(model, targets, LongPrompt),
        ];
    }

    private static async Task BesideAsync(string root, string file, int threads, int context, string? llama, Func<IReadOnlyList<ServeTarget>, Task> measure)
    {
        await using var ours = await Running.EngineFileAsync(root, file, threads, context, Slots);
        using var theirs = llama is null ? null : await LlamaServerProcess.StartAsync(llama, file, threads, Slots, context);
        var target = new ServeTarget("orrery", ours.Address, "any");
        await measure(theirs is null ? [target] : [target, theirs.Target]);
    }
}
