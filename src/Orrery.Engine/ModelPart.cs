using Orrery.Engine.Adapters;
using Orrery.Engine.Architectures;
using Orrery.Engine.Decoder;
using Orrery.Engine.Decoder.Cache;
using Orrery.Models;
using Orrery.Models.Quantization;
using Orrery.Tensors;

namespace Orrery.Engine;

/// <summary>
/// A contiguous range of a model's layers on this machine. The first takes tokens, the others hidden states [rows, dim]; the last gives logits, the
/// others hidden states. Parts in a row compute what the whole computes, to the last bit. Not for several threads at once.
/// </summary>
public sealed class ModelPart : IDisposable
{
    private readonly IModelSource _source;
    private readonly AdapterTable _adapters;
    private readonly Workers _workers;

    /// <summary>Owns the source from its success on.</summary>
    internal ModelPart(IModelSource source, LayerRange? wanted, EngineOptions options)
    {
        _source = source;
        var header = ModelHeader.Of(source);
        var (config, names) = ArchitectureTable.Read(header);
        var range = wanted ?? new LayerRange(0, config.Layers.Length);
        if (range.Problem(config.Layers.Length) is { } problem)
            throw new ArgumentException(problem, nameof(wanted));
        using var adapters = new AdapterFiles(options.Adapters);
        Plan(source, config, names, range, options, adapters).Check(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

        ContextTokens = options.ContextFor(config.ContextTokens);
        var weights = DecoderWeightReader.Read(source, config, names, range);
        var places = new ModulePlaces(config, names, ArchitectureTable.Find(header).Modules(config), header.IsGguf);
        _adapters = AdapterTable.Attach(adapters, places, weights, range, config.Layers.Length, config.Architecture);
        Pool = new KvPool(config, range, KvPool.PagesOf(config, range, options));
        Batch = new DecoderBatch(config, options.BatchTokens, options.LogitRows, adapters.Sizes);
        _workers = new Workers(options.ThreadCount);
        Model = new DecoderModel(config, weights, range, options.BatchTokens, ContextTokens, _workers);
    }

    public LayerRange Layers => Model.Range;

    /// <summary>Width of a hidden state.</summary>
    public int Dim => Model.Config.Dim;

    public int Vocabulary => Model.Config.Vocabulary;

    /// <summary>Longest sequence.</summary>
    public int ContextTokens { get; }

    /// <summary>Rows of one forward pass, at most.</summary>
    public int BatchTokens => Batch.MaxRows;

    /// <summary>Names of the adapters that sequences can be computed with.</summary>
    public IReadOnlyList<string> Adapters => _adapters.Names;

    internal IModelSource Source => _source;

    internal DecoderModel Model { get; }

    internal KvPool Pool { get; }

    internal DecoderBatch Batch { get; }

    /// <summary>Maps the files and allocates the KV cache; weights are read as they are first used.</summary>
    /// <param name="path">A file or a folder, see <see cref="ModelSource.Open"/>.</param>
    /// <param name="layers">Null: all.</param>
    /// <exception cref="InvalidModelFileException">A file is damaged, a model that this engine does not run, or an adapter that does not fit it.</exception>
    /// <exception cref="ModelTooLargeException">It does not fit into memory; nothing was allocated.</exception>
    /// <exception cref="ArgumentException">The options or the range have problems.</exception>
    public static ModelPart Load(string path, LayerRange? layers = null, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));

        var source = Open(path, options);
        try
        {
            return new ModelPart(source, layers, options);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The files, with their weights as the options want them.</summary>
    internal static IModelSource Open(string path, EngineOptions options)
        => options.Quantize is { } type ? QuantizedSource.Of(ModelSource.Open(path), type) : ModelSource.Open(path);

    /// <summary>What <see cref="Load"/> would take, from the headers alone.</summary>
    /// <param name="source">With the weights as they will be used: <see cref="QuantizedSource"/> stands before them where they are quantized.</param>
    public static MemoryPlan Plan(IModelSource source, EngineOptions options, LayerRange? layers = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var (config, names) = ArchitectureTable.Read(ModelHeader.Of(source));
        using var adapters = new AdapterFiles(options.Adapters);
        return Plan(source, config, names, layers ?? new LayerRange(0, config.Layers.Length), options, adapters);
    }

    /// <summary>An empty sequence. Dispose of it to give its part of the KV cache back.</summary>
    /// <param name="adapter">One of <see cref="Adapters"/> for all of it. Null: none.</param>
    /// <exception cref="ArgumentException">There is no such adapter.</exception>
    public PartSequence Start(string? adapter = null) => new(this, _adapters.NumberOf(adapter));

    public void Dispose()
    {
        _workers.Dispose();
        _source.Dispose();
    }

    internal KvSequence StartCache(string? adapter) => new(Pool, _adapters.NumberOf(adapter), BlockHash.Root(adapter));

    internal string? AdapterProblem(string? name) => _adapters.Problem(name);

    private static MemoryPlan Plan(IModelSource source, DecoderConfig config, TensorNames names, LayerRange range, EngineOptions options, AdapterFiles adapters)
    {
        var used = source.TensorNames.Where(name => names.IsIn(name, range, config.Layers.Length)).Select(name => source.Find(name)!).ToList();
        return MemoryPlan.For(source.Path, config, range, options, mapped: used.Sum(tensor => tensor.MappedBytes), owned: used.Sum(tensor => tensor.OwnedBytes), adapters);
    }
}
