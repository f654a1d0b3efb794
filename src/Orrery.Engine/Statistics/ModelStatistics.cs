namespace Orrery.Engine.Statistics;

/// <summary>What a model does now and has done since it was loaded: the view of one moment. Counts only rise.</summary>
public sealed record ModelStatistics
{
    /// <summary>Requests that are computed.</summary>
    public int Running { get; init; }

    /// <summary>Requests that wait for a place among the running ones.</summary>
    public int Waiting { get; init; }

    /// <summary>Requests that were refused because as many waited as may.</summary>
    public long Rejected { get; init; }

    /// <summary>Tokens of the prompts, or texts, that were answered, those from the cache included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Requests that ended, by how. A way that is not in it has not happened.</summary>
    public IReadOnlyDictionary<RequestEnd, long> Ended { get; init; } = new Dictionary<RequestEnd, long>();

    /// <summary>From a request's arrival until it ran.</summary>
    public HistogramSnapshot QueueTime { get; init; } = HistogramSnapshot.Empty;

    /// <summary>From arrival to end, of requests that ended with <see cref="RequestEnd.Stop"/> or <see cref="RequestEnd.Length"/>.</summary>
    public HistogramSnapshot EndToEnd { get; init; } = HistogramSnapshot.Empty;

    /// <summary>Null: the model makes no text.</summary>
    public GenerationStatistics? Generation { get; init; }
}

/// <summary>The part of <see cref="ModelStatistics"/> that only a model that makes text has.</summary>
public sealed record GenerationStatistics
{
    /// <summary>Pages of the KV cache that sequences use. Pages that are only kept in case somebody asks again are not counted.</summary>
    public int KvPagesUsed { get; init; }

    public int KvPages { get; init; }

    /// <summary>Tokens of prompts that were looked for in the prefix cache.</summary>
    public long PrefixTokensQueried { get; init; }

    /// <summary>Those of them that were there.</summary>
    public long PrefixTokensHit { get; init; }

    public long GeneratedTokens { get; init; }

    /// <summary>How often a sequence lost its pages to another and was computed again.</summary>
    public long Preemptions { get; init; }

    /// <summary>Tokens that speculation proposed.</summary>
    public long DraftedTokens { get; init; }

    /// <summary>Those of them that the model would have chosen too.</summary>
    public long AcceptedTokens { get; init; }

    /// <summary>From arrival to the first token.</summary>
    public HistogramSnapshot TimeToFirstToken { get; init; } = HistogramSnapshot.Empty;

    /// <summary>From a token to the next of the same sequence.</summary>
    public HistogramSnapshot InterTokenLatency { get; init; } = HistogramSnapshot.Empty;
}

/// <summary>How a request ended.</summary>
public enum RequestEnd
{
    /// <summary>As <see cref="FinishReason.Stop"/>; for embeddings: with a result.</summary>
    Stop,

    /// <summary>As <see cref="FinishReason.Length"/>.</summary>
    Length,

    /// <summary>Its caller wanted no more.</summary>
    Abort,

    /// <summary>The model failed, or was disposed of.</summary>
    Error,
}
