using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Engine;
using Orrery.Engine.Adapters;

namespace Orrery.Cli.Commands;

/// <summary>How <c>orrery engine</c> is told to run its model. What is not given has the default of <see cref="EngineOptions"/>.</summary>
internal sealed class EngineFlags
{
    private static readonly EngineOptions Default = new();

    private readonly Option<string?> _quantize = new("--quantize") { Description = "Convert float weights to this type at load: q8_0, q4_0, q4_k or any other that `orrery quantize` knows." };

    private readonly Option<string[]> _adapter = new("--adapter")
    {
        Description = "LoRA adapter to load beside the model: a name of its own and a folder as PEFT writes it. Requests choose it by its name or MODEL:NAME as their model. May be given several times.",
        HelpName = "name=path",
    };

    private readonly Option<int?> _threads = CommonOptions.Whole("--threads", "Threads that compute. Default: one for each processor.");
    private readonly Option<int?> _context = CommonOptions.Whole("--context", $"Tokens of prompt and continuation together, at most. Default: the model's own limit, but no more than {Default.MaxContextTokens}.");
    private readonly Option<int?> _sequences = CommonOptions.Whole("--sequences", $"Requests that run at once. Default: {Default.MaxSequences}.");
    private readonly Option<int?> _queue = CommonOptions.Whole("--queue", $"Requests that may wait while others run; more are answered 429. Default: {Default.QueueLength}.");
    private readonly Option<int?> _cache = CommonOptions.Whole("--kv-cache", "Memory for keys and values, in MiB. Default: what all sequences can fill, but no more than 1024.");

    private readonly Option<int?> _speculate = CommonOptions.Whole("--speculate", $"Tokens to guess and compute ahead where a text repeats itself, such as 4; what comes out does not depend on it. Default: {Default.Speculate}.");

    public IEnumerable<Option> All => [_quantize, _adapter, _threads, _context, _sequences, _queue, _cache, _speculate];

    /// <exception cref="CliException">A value makes no sense.</exception>
    public EngineOptions Read(ParseResult parsed)
    {
        var options = new EngineOptions
        {
            Quantize = parsed.GetValue(_quantize) is { } wanted ? QuantizeCommand.TypeOf("--quantize", wanted) : null,
            Adapters = [.. (parsed.GetValue(_adapter) ?? []).Select(AdapterOf)],
            Threads = parsed.GetValue(_threads) ?? Default.Threads,
            MaxContextTokens = parsed.GetValue(_context) ?? Default.MaxContextTokens,
            MaxSequences = parsed.GetValue(_sequences) ?? Default.MaxSequences,
            QueueLength = parsed.GetValue(_queue) ?? Default.QueueLength,
            Speculate = parsed.GetValue(_speculate) ?? Default.Speculate,
            KvCacheBytes = parsed.GetValue(_cache) is { } mebibytes ? (long)mebibytes << 20 : Default.KvCacheBytes,
        };
        return options.Problems().FirstOrDefault() is { } problem ? throw new CliException(problem) : options;
    }

    private static AdapterPath AdapterOf(string given) => given.IndexOf('=') is > 0 and var at && at < given.Length - 1
        ? new AdapterPath(given[..at], given[(at + 1)..])
        : throw new CliException($"--adapter: '{given}' must be a name and a folder, as in pirate=/adapters/pirate");
}
