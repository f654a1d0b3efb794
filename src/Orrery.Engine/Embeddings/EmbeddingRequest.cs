using Orrery.Engine.Statistics;

namespace Orrery.Engine.Embeddings;

/// <summary>The texts of one call on their way: the worker writes the result, the caller waits for it.</summary>
internal sealed class EmbeddingRequest(IReadOnlyList<int[]> texts, RequestMeter meter, CancellationToken ct)
{
    private readonly TaskCompletionSource<float[][]> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<int[]> Texts { get; } = texts;

    public RequestMeter Meter { get; } = meter;

    public Task<float[][]> Result => _result.Task;

    /// <summary>Nobody waits any more; looked at before every step.</summary>
    public bool Unwanted => ct.IsCancellationRequested;

    public void Complete(float[][] embeddings)
    {
        Meter.Ended(RequestEnd.Stop);
        _result.TrySetResult(embeddings);
    }

    /// <summary>The caller left, or learns why there is no result.</summary>
    public void Fail(Exception error)
    {
        Meter.Ended(error is OperationCanceledException ? RequestEnd.Abort : RequestEnd.Error);
        _result.TrySetException(error);
        _ = _result.Task.Exception;                                     // seen, also where the caller has left
    }
}
