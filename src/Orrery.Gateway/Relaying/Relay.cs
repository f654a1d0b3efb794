using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Orrery.Gateway.Routing;
using Orrery.Resources.Demand;
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
/// 1. The body is already here, checked and unchanged.
/// 2. It is sent with the client's headers, less those of the connection and the key.
/// 3. The first bytes are awaited before anything goes to the client: until then another replica may be tried.
/// 4. Status, headers and bytes pass on, flushed as they come. Of a stream only whole events pass, so that after a break the client finds
///    an error event and not half of another one before it. Of an answer in one piece the connection is cut, which its length shows.
/// A client that goes cancels whatever is awaited, and the connection to the replica is closed.
/// </summary>
internal sealed class Relay(HttpMessageInvoker upstreams, GatewayOptions options, TimeProvider time)
{
    private const int BufferBytes = 16 * 1024;

    // A body this large is sent only when the replica wants it: one that refuses it unread would otherwise look like one that died.
    private const int AskFirstBytes = 1024 * 1024;

    // An event larger than this passes in parts.
    private const int MaxHeldBytes = 1024 * 1024;

    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<RelayOutcome> SendAsync(
        HttpContext http, UpstreamAddress to, ReadOnlyMemory<byte> body, TimeSpan firstByteTimeout, DemandClaim claim)
    {
        using var silence = new CancellationTokenSource(firstByteTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, http.RequestAborted);
        using var request = RequestFor(http, to, body);
        HttpResponseMessage? response = null;
        byte[] buffer = new byte[BufferBytes];
        try
        {
            Stream stream;
            int length;
            try
            {
                // :: Step 2
                response = await upstreams.SendAsync(request, either.Token);
                if (response.Headers.Contains(DrainingHeader.Name))
                    return new RelayOutcome.Unreachable("it stops and takes no more requests");
                // :: Step 3
                stream = await response.Content.ReadAsStreamAsync(either.Token);
                length = await stream.ReadAsync(buffer, either.Token);
            }
            catch (Exception e) when (IsUpstreamFailure(e))
            {
                http.RequestAborted.ThrowIfCancellationRequested();
                return silence.IsCancellationRequested ? new RelayOutcome.NoAnswer(firstByteTimeout) : new RelayOutcome.Unreachable(e.Message);
            }

            var answer = new Answer(response, stream, buffer, length);
            if (length == 0 && answer.IsStream && answer.EndsByClosing)
                return new RelayOutcome.Unreachable("it closed the connection before the first event");
            // :: Step 4
            return await PassOnAsync(http, answer, claim, silence, either.Token);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private async Task<RelayOutcome> PassOnAsync(
        HttpContext http, Answer answer, DemandClaim claim, CancellationTokenSource silence, CancellationToken either)
    {
        http.Response.StatusCode = (int)answer.Response.StatusCode;
        RelayedHeaders.Copy(answer.Response, http.Response);
        if (answer.IsStream)
            http.Response.ContentLength = null;                       // an error event may follow

        var tail = new AnswerTail();
        while (answer.Started)
        {
            // A client that reads slowly is not the replica's silence.
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
            await PassReadyAsync(http, answer, tail);

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

        await PassAsync(http, answer, answer.Length, tail);
        claim.AddTokens(tail.TotalTokens);
        // Without a length or chunks a killed process looks like one that has finished; only the stream's own end tells.
        return answer is { IsStream: true, EndsByClosing: true } && !tail.IsDone
            ? await FailAsync(http, answer, new RelayOutcome.BrokenOff("it closed the connection before [DONE]"))
            : new RelayOutcome.Done();
    }

    private static async Task PassReadyAsync(HttpContext http, Answer answer, AnswerTail tail)
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
        await PassAsync(http, answer, ready, tail);
    }

    private static async Task PassAsync(HttpContext http, Answer answer, int count, AnswerTail tail)
    {
        if (count == 0)
            return;
        await http.Response.BodyWriter.WriteAsync(answer.Bytes[..count], http.RequestAborted);
        tail.See(answer.Bytes.Span[..count]);
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

    private static HttpRequestMessage RequestFor(HttpContext http, UpstreamAddress to, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(to.Root, $"{http.Request.Path.Value}{http.Request.QueryString.Value}"))
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Options.Set(UpstreamConnections.Address, to);
        RelayedHeaders.Copy(http.Request, request.Headers);
        request.Headers.TryAddWithoutValidation(RelayedHeaders.RequestId, http.Response.Headers[RelayedHeaders.RequestId].ToString());
        request.Headers.ExpectContinue = body.Length >= AskFirstBytes;
        // What it is, whatever the client called it: curl -d calls everything a form, and engines refuse forms.
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    // Cancelled: the client's going, our patience, or the time to connect; the callers tell them apart.
    private static bool IsUpstreamFailure(Exception e) => e is HttpRequestException or IOException or SocketException or OperationCanceledException;

    /// <summary>An answer on its way: what of it is here and not yet passed on.</summary>
    private sealed class Answer(HttpResponseMessage response, Stream stream, byte[] buffer, int length)
    {
        private byte[] _buffer = buffer;

        public HttpResponseMessage Response => response;

        public bool IsStream { get; } = response.Content.Headers.ContentType?.MediaType == SseWriter.ContentType;

        /// <summary>Neither a length nor chunks, as HTTP/1.0 has it: the end and a break look the same.</summary>
        public bool EndsByClosing { get; } = response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked != true;

        /// <summary>A part of an event has been passed on.</summary>
        public bool InsideEvent { get; set; }

        /// <summary>False: it has no body at all.</summary>
        public bool Started { get; } = length > 0;

        public int Length { get; private set; } = length;

        public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

        public void Drop(int count)
        {
            _buffer.AsSpan(count, Length - count).CopyTo(_buffer);
            Length -= count;
        }

        /// <returns>False: that was all.</returns>
        public async ValueTask<bool> ReadAsync(CancellationToken ct)
        {
            if (Length == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            int read = await stream.ReadAsync(_buffer.AsMemory(Length), ct);
            Length += read;
            return read > 0;
        }
    }
}
