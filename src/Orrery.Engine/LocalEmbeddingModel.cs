using Orrery.Engine.Architectures;
using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Embeddings;
using Orrery.Engine.Queue;
using Orrery.Engine.Statistics;
using Orrery.Models;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine;

/// <summary>
/// An encoder, or a decoder whose hidden states are pooled, in this process, on the CPU. One request runs at a time, on a thread of its own;
/// others wait in order.
/// </summary>
public sealed class LocalEmbeddingModel : IEmbeddingModel
{
    private readonly IEmbedder _embedder;
    private readonly Pool _pool;
    private readonly ModelCounters _counters = new(TimeProvider.System);
    private readonly WorkQueue<EmbeddingRequest> _queue;
    private readonly Task _worker;

    private LocalEmbeddingModel(IEmbedder embedder, Pooling pooling, EngineOptions options)
    {
        _embedder = embedder;
        Tokenizer = embedder.Source.ReadTokenizer(embedder.Vocabulary);
        if (Tokenizer.VocabularySize != embedder.Vocabulary)
        {
            throw new InvalidModelFileException(
                embedder.Source.Path, "the embedding", $"has {embedder.Vocabulary} tokens; the tokenizer has {Tokenizer.VocabularySize}", "Get or convert the model again.");
        }
        Card = new EmbeddingModelCard(embedder.Source.Name, embedder.Source.Architecture, embedder.ContextTokens, embedder.Dim, pooling);

        // :: Worker
        _pool = new Pool(pooling, embedder.Dim);
        _queue = new WorkQueue<EmbeddingRequest>(options.QueueLength, atOnce: 1, typeof(LocalEmbeddingModel));
        _worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public EmbeddingModelCard Card { get; }

    public Tokenizer Tokenizer { get; }

    public ModelStatistics Statistics => _counters.Snapshot(_queue.Load);

    /// <summary>Requests that wait, the running one not counted.</summary>
    public int Waiting => _queue.Waiting;

    /// <summary>Maps the files and allocates scratch space; weights are read as they are first used.</summary>
    /// <param name="path">A file or a folder, see <see cref="ModelSource.Open"/>.</param>
    /// <exception cref="InvalidModelFileException">A file is damaged, or a model that this engine does not run.</exception>
    /// <exception cref="ModelTooLargeException">It does not fit into memory; nothing was allocated.</exception>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public static LocalEmbeddingModel Load(string path, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        if (options.Adapters.Count > 0)
            throw new ArgumentException($"engine.adapters: embeddings are made without; '{options.Adapters[0].Name}' must be merged into its base", nameof(options));

        var source = ModelPart.Open(path, options);
        try
        {
            var header = ModelHeader.Of(source);
            var pooling = ModelPooling.Of(header, source);
            return EncoderTable.Read(header, source) is var (config, names)
                ? new LocalEmbeddingModel(new EncoderEmbedder(source, config, names, options), options.Pooling ?? pooling ?? Pooling.Mean, options)
                : new LocalEmbeddingModel(new DecoderEmbedder(new ModelPart(source, null, options)), options.Pooling ?? pooling ?? Pooling.Last, options);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Whether a model is for embeddings by its own word: it is an encoder, or its files name a pooling. Reads headers only.</summary>
    /// <inheritdoc cref="Load"/>
    public static bool IsMeant(string path)
    {
        using var source = ModelSource.Open(path);
        var header = ModelHeader.Of(source);
        return EncoderTable.Has(header) || ModelPooling.Of(header, source) is not null;
    }

    /// <inheritdoc/>
    public async Task<float[]> EmbedAsync(IReadOnlyList<int> tokens, CancellationToken ct) => (await EmbedAllAsync([tokens], ct))[0];

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The model was disposed of, before or meanwhile.</exception>
    public async Task<float[][]> EmbedAllAsync(IReadOnlyList<IReadOnlyList<int>> texts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[][] tokens = [.. texts.Select(Checked)];
        ct.ThrowIfCancellationRequested();
        var request = new EmbeddingRequest(tokens, _counters.Arrived(tokens.Sum(text => text.Length)), ct);
        _queue.Add(request);
        try
        {
            return await request.Result.WaitAsync(ct);
        }
        finally
        {
            if (_queue.Withdraw(request))
                request.Fail(new OperationCanceledException());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var waiting in _queue.Close())
            waiting.Fail(new ObjectDisposedException(nameof(LocalEmbeddingModel)));
        await _worker;
        _embedder.Dispose();                                            // only now: the worker read from the mapping
    }

    private void Work()
    {
        while (_queue.Take() is { } request)
        {
            request.Meter.Started();
            float[][]? embeddings = null;
            Exception? error = null;
            try
            {
                embeddings = _embedder.Embed(request.Texts, _pool, unwanted: () => request.Unwanted || _queue.Closed);
            }
            catch (Exception e)
            {
                error = e;                                              // goes to the one caller it concerns; the next request starts afresh
            }

            _queue.Finished();
            if (embeddings is not null)
                request.Complete(embeddings);
            else
                request.Fail(error ?? (_queue.Closed ? new ObjectDisposedException(nameof(LocalEmbeddingModel)) : new OperationCanceledException()));
        }
    }

    private int[] Checked(IReadOnlyList<int> text)
    {
        if (text.Count == 0)
            throw new ArgumentException("texts: a text must have at least one token", nameof(text));
        if (text.Count > Card.ContextTokens)
            throw new ContextLengthException(text.Count, Card.ContextTokens);
        int[] tokens = [.. text];
        foreach (int token in tokens)
        {
            if (token < 0 || token >= _embedder.Vocabulary)
                throw new ArgumentException($"texts: {token} is no token; the vocabulary has {_embedder.Vocabulary}", nameof(text));
        }
        return tokens;
    }
}
