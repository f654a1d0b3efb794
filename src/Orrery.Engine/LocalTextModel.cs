using System.Runtime.CompilerServices;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Queue;
using Orrery.Engine.Scheduling;
using Orrery.Engine.Statistics;
using Orrery.Models;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine;

/// <summary>
/// A whole model in this process, on the CPU. Sequences run together, on a thread of their own; more than may wait in order.
/// <code>
///   GenerateAsync --(queue)--> EngineLoop: step by step --(pieces)--> GenerateAsync
/// </code>
/// </summary>
public sealed class LocalTextModel : ITextModel
{
    private readonly ModelPart _whole;
    private readonly ModelCounters _counters = new(TimeProvider.System);
    private readonly WorkQueue<Generation> _queue;
    private readonly EngineLoop _loop;
    private readonly Task _worker;

    private LocalTextModel(ModelPart whole, EngineOptions options)
    {
        _whole = whole;
        var source = whole.Source;
        Tokenizer = source.ReadTokenizer(whole.Vocabulary);
        if (Tokenizer.VocabularySize != whole.Vocabulary)
        {
            throw new InvalidModelFileException(
                source.Path, "the embedding", $"has {whole.Vocabulary} tokens; the tokenizer has {Tokenizer.VocabularySize}", "Get or convert the model again.");
        }
        Card = new TextModelCard(source.Name, source.Architecture, whole.ContextTokens, source.ChatTemplate) { Adapters = whole.Adapters };

        if (options.PrefixCache)
        {
            Blocks = new BlockFeed();
            whole.Pool.Table.Changed = Blocks.Change;
        }

        // :: Worker
        _queue = new WorkQueue<Generation>(options.QueueLength, options.MaxSequences, typeof(LocalTextModel));
        _loop = new EngineLoop(whole, Tokenizer, _queue, options, _counters);
        _worker = Task.Factory.StartNew(_loop.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public TextModelCard Card { get; }

    public Tokenizer Tokenizer { get; }

    public ModelStatistics Statistics
        => _counters.Snapshot(_queue.Load) with { Generation = _counters.GenerationSnapshot((Pool.Table.Used, Pool.Pages)) };

    public BlockFeed? Blocks { get; }

    /// <summary>Requests that wait, running ones not counted.</summary>
    public int Waiting => _queue.Waiting;

    internal KvPool Pool => _whole.Pool;

    /// <inheritdoc cref="ModelPart.Load"/>
    public static LocalTextModel Load(string path, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        var whole = ModelPart.Load(path, layers: null, options);
        try
        {
            return new LocalTextModel(whole, options);
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Nothing happens before the first piece is asked for; errors come from there too.</remarks>
    /// <exception cref="ArgumentException">The request has problems, a prompt id is none of the vocabulary's, or there is no such adapter.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of, before or meanwhile.</exception>
    public async IAsyncEnumerable<TextPiece> GenerateAsync(TextRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        Check(request);
        ct.ThrowIfCancellationRequested();
        int mostPieces = Card.ContextTokens - request.Prompt.Count + 1;
        var generation = new Generation(request, mostPieces, _counters.Arrived(request.Prompt.Count), ct);
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
            if (_queue.Withdraw(generation))
                generation.Complete();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var waiting in _queue.Close())
            waiting.Complete(new ObjectDisposedException(nameof(LocalTextModel)));
        await _worker;
        _whole.Dispose();                                               // only now: the worker read from the mapping
    }

    private void Check(TextRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(request));
        if (_whole.AdapterProblem(request.Adapter) is { } unknown)
            throw new ArgumentException(unknown, nameof(request));
        foreach (int token in request.Prompt)
        {
            if (token < 0 || token >= _whole.Vocabulary)
                throw new ArgumentException($"prompt: {token} is no token; the vocabulary has {_whole.Vocabulary}", nameof(request));
        }
        foreach (int token in request.Sampling.LogitBias.Keys)
        {
            if (token < 0 || token >= _whole.Vocabulary)
                throw new ArgumentException($"logitBias: {token} is no token; the vocabulary has {_whole.Vocabulary}", nameof(request));
        }
        if (request.Prompt.Count >= Card.ContextTokens)
            throw new ContextLengthException(request.Prompt.Count, Card.ContextTokens);
    }
}
