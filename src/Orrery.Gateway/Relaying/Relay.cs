using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Orrery.Wire.Http;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Sse;

namespace Orrery.Gateway.Relaying;

/// <summary>
/// Takes one request to one replica and its answer back, byte for byte.
/// <code>
///   client ──(1)──▶ gateway ──(2)──▶ replica
///   client ◀──(4)── gateway ◀──(3)── replica
/// </code>
/// 1. The body is already here, checked and unchanged but for the model's name where the other side calls it otherwise.
/// 2. It is sent with the client's headers, less those of the connection and the key.
/// 3. The first bytes are awaited before anything goes to the client: until then another replica may be tried.
/// 4. Status, headers and bytes pass on, flushed as they come. Of a stream only whole events pass, so that after a break the client finds
///    an error event and not half of another one before it. Of an answer in one piece the connection is cut, which its length shows.
/// A client that goes cancels whatever is awaited, and the connection to the replica is closed.
/// </summary>
internal sealed class Relay(UpstreamConnections upstreams, GatewayOptions options, TimeProvider time)
{
    private const int BufferBytes = 16 * 1024;

    // An event larger than this passes in parts.
    private const int MaxHeldBytes = 1024 * 1024;

    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<RelayOutcome> SendAsync(HttpContext http, Errand errand)
    {
        using var silence = new CancellationTokenSource(errand.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, http.RequestAborted);
        Answer answer;
        try
        {
            // :: Step 2
            answer = await BeginAsync(http, errand, errand.To.ClosesAfterAnswer, either.Token);
        }
        catch (Exception e) when (IsUpstreamFailure(e))
        {
            http.RequestAborted.ThrowIfCancellationRequested();
            return silence.IsCancellationRequested ? new RelayOutcome.NoAnswer(errand.Patience) : new RelayOutcome.Unreachable(ReasonOf(e));
        }

        // :: Step 3
        using (answer)
        {
            if (answer.Response.Headers.Contains(DrainingHeader.Name))
                return new RelayOutcome.Draining();
            if (errand.To.Access is not null && answer.Status is (>= 300 and < 400) or 401 or 407)
                return new RelayOutcome.Misdirected(answer.Status);
            if (answer is { Length: 0, IsStream: true, EndsByClosing: true })
                return new RelayOutcome.Unreachable("it closed the connection before the first event");
            // :: Step 4
            return await PassOnAsync(http, answer, errand, silence, either.Token);
        }
    }

    /// <param name="once">On a connection of its own. A request that came too late for a kept one is sent so once more, to the same replica.</param>
    private async Task<Answer> BeginAsync(HttpContext http, Errand errand, bool once, CancellationToken ct)
    {
        HttpResponseMessage? response = null;
        try
        {
            using var request = errand.RequestFor(http);
            response = await upstreams.SendAsync(request, errand.To.Address, once, ct);
            // Known before the answer is read to its end, and so before its connection could be used again.
            errand.To.ClosesAfterAnswer = response.Version < HttpVersion.Version11;

            var stream = await response.Content.ReadAsStreamAsync(ct);
            byte[] buffer = new byte[BufferBytes];
            return new Answer(response, stream, buffer, await stream.ReadAsync(buffer, ct));
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (once || !StaleConnectionException.IsIn(e))
                throw;
        }
        return await BeginAsync(http, errand, once: true, ct);
    }

    private async Task<RelayOutcome> PassOnAsync(
        HttpContext http, Answer answer, Errand errand, CancellationTokenSource silence, CancellationToken either)
    {
        http.Response.StatusCode = answer.Status;
        RelayedHeaders.Copy(answer.Response, http.Response);
        if (answer.IsStream)
            http.Response.ContentLength = null;                       // an error event may follow

        var passed = new Passed(errand);
        while (answer.Started)
        {
            // A client that reads slowly is not the replica's silence.
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
            await PassReadyAsync(http, answer, passed);

            silence.CancelAfter(options.IdleTimeout);
            try
            {
                if (!await answer.ReadAsync(either))
                    break;
            }
            catch (Exception e) when (IsUpstreamFailure(e))
            {
                http.RequestAborted.ThrowIfCancellationRequested();
                return silence.IsCancellationRequested
                    ? await FailAsync(http, answer, new RelayOutcome.FellSilent(options.IdleTimeout))
                    : await FailAsync(http, answer, new RelayOutcome.BrokenOff(e.Message));
            }
        }

        await PassAsync(http, answer, answer.Length, passed);
        errand.Claim.AddTokens(passed.Tail.TotalTokens);
        errand.Exchange.Usage = passed.Tail.Usage;
        // Without a length or chunks a killed process looks like one that has finished; only the stream's own end tells.
        if (answer is { IsStream: true, EndsByClosing: true } && !passed.Tail.IsDone)
            return await FailAsync(http, answer, new RelayOutcome.BrokenOff("it closed the connection before [DONE]"));
        return answer is { IsStream: true, Status: < 400 } && passed.Flaw is { } flaw ? new RelayOutcome.Spoilt(flaw) : new RelayOutcome.Done(answer.Status);
    }

    /// <summary>What has been passed on.</summary>
    private sealed class Passed(Errand errand)
    {
        private long _events;
        private ErrorEvent _error;

        public AnswerTail Tail { get; } = new();

        /// <summary>Why what is over now is no whole stream; null: it is one, or the replica is not to blame.</summary>
        public string? Flaw => _error switch
        {
            ErrorEvent.Failed => "it sent an error event",
            ErrorEvent.None when !Tail.IsFinished => "it ended without [DONE]",
            _ => null,
        };

        public void See(ReadOnlySpan<byte> bytes, bool isStream)
        {
            Tail.See(bytes);
            int events = isStream ? EventBorder.Count(bytes) : 0;
            errand.Exchange.Passed(bytes.Length, events, isStream);
            if (!isStream)
                return;
            // A chunk of a stream is mostly a token: near enough for who scales, and read without understanding it.
            errand.Claim.SetTokensInFlight(errand.PromptTokens + (_events += events));
            if (_error == ErrorEvent.None)
                _error = ErrorEvents.Find(bytes);
        }
    }

    private static async Task PassReadyAsync(HttpContext http, Answer answer, Passed passed)
    {
        int ready = answer.IsStream ? EventBorder.LastEnd(answer.Bytes.Span) : answer.Length;
        if (ready == 0 && answer.Length >= MaxHeldBytes)
        {
            ready = answer.Length;
            answer.InsideEvent = true;
        }
        else if (ready > 0)
        {
            answer.InsideEvent = false;
        }
        await PassAsync(http, answer, ready, passed);
    }

    private static async Task PassAsync(HttpContext http, Answer answer, int count, Passed passed)
    {
        if (count == 0)
            return;
        await http.Response.BodyWriter.WriteAsync(answer.Bytes[..count], http.RequestAborted);
        passed.See(answer.Bytes.Span[..count], answer.IsStream);
        answer.Drop(count);
    }

    private static async Task<RelayOutcome> FailAsync(HttpContext http, Answer answer, RelayOutcome outcome)
    {
        if (!answer.IsStream)
        {
            http.Abort();
            return outcome;
        }
        var error = outcome is RelayOutcome.FellSilent silent
            ? new OpenAIError(504, "upstream_timeout", $"The replica fell silent for {silent.Waited.TotalSeconds:0.###} s in the middle of its answer. Send the request again.")
            : new OpenAIError(502, "upstream_failed", "The replica ended in the middle of its answer. Send the request again.");
        if (answer.InsideEvent)
            await http.Response.BodyWriter.WriteAsync("\n\n"u8.ToArray(), http.RequestAborted);
        await new SseWriter(http.Response.BodyWriter).WriteAsync(error.ToUtf8(), http.RequestAborted);
        return outcome;
    }

    // What is wrong with a certificate is said only inside.
    private static string ReasonOf(Exception e) => (e.InnerException as AuthenticationException ?? e).Message;

    // Cancelled: the client's going, our patience, or the time to connect; the callers tell them apart.
    private static bool IsUpstreamFailure(Exception e) => e is HttpRequestException or IOException or SocketException or OperationCanceledException;
}
