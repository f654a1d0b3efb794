using System.Runtime.CompilerServices;
using Orrery.Engine.Llama;
using Orrery.Engine.Queue;
using Orrery.Models;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine;

/// <summary>
/// A whole model in this process, on the CPU. One sequence runs at a time, on a thread of its own; others wait in order.
/// <code>
///   GenerateAsync --(queue)--> worker: prompt, then step by step --(pieces)--> GenerateAsync
/// </code>
/// </summary>
public sealed class LocalTextModel : ITextModel
{
    private readonly IModelSource _source;
    private readonly GenerationQueue _queue;
    private readonly SequenceRunner _runner;
    private readonly int _vocabulary;
    private readonly Task _worker;

    private LocalTextModel(IModelSource source, EngineOptions options)
    {
        // :: Headers and mapped weights
        var config = LlamaConfig.Read(source);
        var weights = LlamaWeights.Read(source, config);
        Tokenizer = source.ReadTokenizer(config.Vocabulary);
        if (Tokenizer.VocabularySize != config.Vocabulary)
        {
            throw new InvalidModelFileException(
                source.Path, "the embedding", $"has {config.Vocabulary} tokens; the tokenizer has {Tokenizer.VocabularySize}", "Get or convert the model again.");
        }

        // :: Memory, all of it now
        int context = Math.Min(config.ContextTokens, options.MaxContextTokens);
        CheckMemory(source.Path, config, context, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var state = new LlamaState(config, context);
        var summary = source.Summarize();
        Card = new TextModelCard(summary.Name, summary.Architecture, context, source.ChatTemplate);

        // :: Worker
        _source = source;
        _vocabulary = config.Vocabulary;
        _queue = new GenerationQueue(options.QueueLength);
        _runner = new SequenceRunner(new LlamaModel(config, weights), state, Tokenizer, context);
        _worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public TextModelCard Card { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>Requests that wait, the running one not counted.</summary>
    public int Waiting => _queue.Waiting;

    /// <summary>Maps the files and allocates the KV cache; weights are read as they are first used.</summary>
    /// <param name="path">A file or a folder, see <see cref="ModelSource.Open"/>.</param>
    /// <exception cref="InvalidModelFileException">A file is damaged, or a model that this engine does not run.</exception>
    /// <exception cref="ModelTooLargeException">The KV cache does not fit into memory.</exception>
    /// <exception cref="ArgumentException">The options have problems.</exception>
    public static LocalTextModel Load(string path, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));

        var source = ModelSource.Open(path);
        try
        {
            return new LocalTextModel(source, options);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Bytes that <see cref="Load"/> would allocate for the KV cache and scratch space, from the headers alone. The mapped weights come on top.</summary>
    public static long MemoryNeeded(IModelSource source, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var config = LlamaConfig.Read(source);
        return LlamaState.BytesNeeded(config, Math.Min(config.ContextTokens, options.MaxContextTokens));
    }

    /// <inheritdoc/>
    /// <remarks>Nothing happens before the first piece is asked for; errors come from there too.</remarks>
    /// <exception cref="ArgumentException">The request has problems, or a prompt id is none of the vocabulary's.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of, before or meanwhile.</exception>
    public async IAsyncEnumerable<TextPiece> GenerateAsync(TextRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        Check(request);
        ct.ThrowIfCancellationRequested();
        int mostPieces = Card.ContextTokens - request.Prompt.Count + 1;
        var generation = new Generation(request, mostPieces, ct);
        _queue.Add(generation);
        try
        {
            await foreach (var piece in generation.Pieces.ReadAllAsync(ct))
            {
                yield return piece;
                ct.ThrowIfCancellationRequested();                      // pieces made ahead are not given out after a cancellation
            }
        }
        finally
        {
            generation.Abandon();
            _queue.Withdraw(generation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var waiting in _queue.Close())
            waiting.Complete(new ObjectDisposedException(nameof(LocalTextModel)));
        await _worker;
        _source.Dispose();                                              // only now: the worker read from the mapping
    }

    private void Work()
    {
        while (_queue.Take() is { } generation)
        {
            TextPiece? last = null;
            Exception? error = null;
            try
            {
                last = _runner.Run(generation, closing: () => _queue.Closed);
                if (last is null && _queue.Closed)
                    error = new ObjectDisposedException(nameof(LocalTextModel));
            }
            catch (Exception e)
            {
                error = e;                                              // goes to the one consumer it concerns; the next sequence starts afresh
            }

            _queue.Finished();
            if (last is not null)
                generation.Write(last);
            generation.Complete(error);
        }
    }

    private void Check(TextRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(request));
        foreach (int token in request.Prompt)
        {
            if (token < 0 || token >= _vocabulary)
                throw new ArgumentException($"prompt: {token} is no token; the vocabulary has {_vocabulary}", nameof(request));
        }
        if (request.Prompt.Count >= Card.ContextTokens)
            throw new ContextLengthException(request.Prompt.Count, Card.ContextTokens);
    }

    internal static void CheckMemory(string path, LlamaConfig config, int contextTokens, long availableBytes)
    {
        long needed = LlamaState.BytesNeeded(config, contextTokens);
        if (needed > availableBytes || LlamaState.LargestArray(config, contextTokens) > Array.MaxLength)
            throw new ModelTooLargeException(path, contextTokens, needed, availableBytes);
    }
}
