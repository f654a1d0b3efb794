using System.Diagnostics;

namespace Orrery.Engine.Statistics;

/// <summary>
/// Measures one request from its arrival to its end. Belongs to the worker thread from when the request runs, to its caller before.
/// Everything is counted before the caller can see it, so that who has an answer finds it in the statistics.
/// </summary>
internal sealed class RequestMeter(ModelCounters counters, int promptTokens)
{
    private readonly long _arrived = counters.Now;
    // Made where the request comes in, whose span is current there; the worker's thread has none.
    private readonly ActivityContext? _span = RequestSpans.Parent();
    private DateTimeOffset _since = counters.Clock;
    private int _tokens;
    private bool _started;
    private long _lastToken;
    private bool _lookedUp, _promptCounted, _began;
    private int _ended;

    /// <summary>It has waited and runs.</summary>
    public void Started()
    {
        counters.QueueTime.Add(counters.Between(_arrived, counters.Now));
        _started = true;
        Part("queue");
    }

    /// <summary>The prefix cache was asked. A sequence that is computed again asks again, and is counted once.</summary>
    public void LookedUp(int hitTokens)
    {
        if (_lookedUp)
            return;
        _lookedUp = true;
        counters.PrefixLookedUp(promptTokens, hitTokens);
    }

    /// <summary>A token was made.</summary>
    public void Token()
    {
        CountPrompt();
        long now = counters.Now;
        if (_began)
            counters.InterTokenLatency.Add(counters.Between(_lastToken, now));
        else
        {
            counters.TimeToFirstToken.Add(counters.Between(_arrived, now));
            Part("prefill", "orrery.prompt_tokens", promptTokens);
        }
        (_began, _lastToken) = (true, now);
        _tokens++;
        counters.Generated();
    }

    /// <summary>Only the first end counts.</summary>
    public void Ended(RequestEnd end)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        if (end is RequestEnd.Stop or RequestEnd.Length)
        {
            CountPrompt();
            counters.EndToEnd.Add(counters.Between(_arrived, counters.Now));
        }
        if (_began)
            Part("decode", "orrery.generated_tokens", _tokens);
        else
            Part(_started ? "prefill" : "queue");
        counters.Ended(end);
    }

    /// <summary>The part that is over; the next begins here.</summary>
    private void Part(string name, string? countName = null, int count = 0)
    {
        if (_span is not { } parent)
            return;
        var end = counters.Clock;
        RequestSpans.Add(parent, name, _since, end, countName, count);
        _since = end;
    }

    private void CountPrompt()
    {
        if (_promptCounted)
            return;
        _promptCounted = true;
        counters.PromptComputed(promptTokens);
    }
}
