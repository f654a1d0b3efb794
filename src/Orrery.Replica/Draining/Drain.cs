using Microsoft.AspNetCore.Http;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;

namespace Orrery.Replica.Draining;

/// <summary>
/// How a replica stops without breaking what it has begun.
/// <code>
///   open ──Begin──▶ draining: what runs goes on, what comes gets 503 ──all gone, or the time is up──▶ over: what still runs ends with an error
/// </code>
/// </summary>
internal sealed class Drain : IDisposable
{
    /// <summary>How long answers that are cut short may take to say so.</summary>
    public static readonly TimeSpan LastWordsWithin = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _begun, _over;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _retryAfter;
    private int _inside;

    /// <param name="retryAfter">What those are told that come too late.</param>
    public Drain(TimeSpan retryAfter)
    {
        (_retryAfter, _begun, _over) = (retryAfter, new CancellationTokenSource(), new CancellationTokenSource());
        (Begun, Over) = (_begun.Token, _over.Token);
    }

    /// <summary>Nothing new is begun.</summary>
    public CancellationToken Begun { get; }

    /// <summary>Nothing goes on.</summary>
    public CancellationToken Over { get; }

    public bool IsDraining => Begun.IsCancellationRequested;

    public bool IsOver => Over.IsCancellationRequested;

    public static OpenAIError Refused { get; } = new(503, DrainingHeader.Code, "The replica stops and begins nothing new. Send the request again.");

    /// <summary>Of an answer that was not done in time.</summary>
    public static OpenAIError CutShort { get; } = new(503, DrainingHeader.Code, "The replica stopped before the answer was done. Send the request again.");

    /// <summary>Answers one request, unless the replica drains.</summary>
    public async Task AdmitAsync(HttpContext http, RequestDelegate answer)
    {
        if (!TryEnter())
        {
            await RefuseAsync(http, Refused);
            return;
        }
        try
        {
            await answer(http);
        }
        catch (OperationCanceledException) when (IsOver && !http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            await RefuseAsync(http, CutShort);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Says no, and that it makes no sense to ask again on this connection.</summary>
    public Task RefuseAsync(HttpContext http, OpenAIError error)
    {
        http.Response.Headers[DrainingHeader.Name] = DrainingHeader.Yes;
        Refusal.CloseAfterwards(http);
        return Refusal.WriteAsync(http, error, _retryAfter);
    }

    /// <summary>Ends when all requests have been answered, at the latest so long after it began and <see cref="LastWordsWithin"/>.</summary>
    public async Task RunAsync(TimeSpan atMost, TimeProvider time)
    {
        await _begun.CancelAsync();
        lock (_lock)
        {
            if (_inside == 0)
                _empty.TrySetResult();
        }
        if (await EmptyWithinAsync(atMost, time))
            return;
        await _over.CancelAsync();
        await EmptyWithinAsync(LastWordsWithin, time);
    }

    public void Dispose()
    {
        _begun.Dispose();
        _over.Dispose();
    }

    private async Task<bool> EmptyWithinAsync(TimeSpan atMost, TimeProvider time)
    {
        try
        {
            await _empty.Task.WaitAsync(atMost, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private bool TryEnter()
    {
        lock (_lock)
        {
            if (IsDraining)
                return false;
            _inside++;
            return true;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0 && IsDraining)
                _empty.TrySetResult();
        }
    }
}
