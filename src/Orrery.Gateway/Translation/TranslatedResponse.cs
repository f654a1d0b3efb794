using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orrery.Wire.Sse;
using Orrery.Wire.Translation;

namespace Orrery.Gateway.Translation;

/// <summary>
/// Stands between what writes an answer in OpenAI's shape and the client, who gets it in another. So the way of a request is the same for all APIs.
/// <code>
///   relay, refusals ──chat──▶ TranslatedResponse ──other API──▶ client
/// </code>
/// Events pass one by one; an answer in one piece is held until it is whole.
/// </summary>
/// <param name="errors">Makes an error, which has a status of 400 or more, into the other API's. Null: it has OpenAI's.</param>
internal sealed class TranslatedResponse(HttpContext http, IHttpResponseBodyFeature client, IHttpRequestLifetimeFeature life, Func<int, ReadOnlyMemory<byte>, byte[]>? errors)
    : Stream, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
{
    private readonly ArrayBufferWriter<byte> _held = new();
    private PipeWriter? _writer;
    private bool _finished;

    /// <summary>Null until the request is translated: until then nothing but errors is answered.</summary>
    public IAnswerTranslation? Answer { get; set; }

    /// <summary>Awaited when the answer is whole and its end has not gone out yet.</summary>
    public Func<CancellationToken, ValueTask>? BeforeEnd { get; set; }

    private bool IsStream => http.Response.ContentType?.StartsWith(SseWriter.ContentType, StringComparison.Ordinal) == true;

    /// <summary>From here on all that is written goes through it.</summary>
    public static TranslatedResponse Install(HttpContext http, Func<int, ReadOnlyMemory<byte>, byte[]>? errors)
    {
        var translated = new TranslatedResponse(
            http, http.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), http.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), errors);
        http.Features.Set<IHttpResponseBodyFeature>(translated);
        http.Features.Set<IHttpRequestLifetimeFeature>(translated);
        return translated;
    }

    /// <summary>Forgets what has not gone out.</summary>
    public void Drop() => _held.ResetWrittenCount();

    /// <summary>Sends what is held, and the end. The second call does nothing.</summary>
    /// <exception cref="System.Text.Json.JsonException">What came is not what it should be.</exception>
    public async Task FinishAsync()
    {
        if (_finished)
            return;
        var ct = http.RequestAborted;
        ct.ThrowIfCancellationRequested();
        if (http.Response.StatusCode >= 400)
        {
            await SendWholeAsync(errors?.Invoke(http.Response.StatusCode, _held.WrittenMemory) ?? _held.WrittenMemory, ct);
        }
        else if (IsStream && Answer is { } streamed)
        {
            // What is held here is no whole event, and there will be no more of it.
            Drop();
            streamed.End(_held);
            await EndAsync(ct);
            await PassAsync(ct);
        }
        else if (Answer is { } whole)
        {
            byte[] answer = whole.Whole(_held.WrittenMemory);
            await EndAsync(ct);
            await SendWholeAsync(answer, ct);
        }
        else
        {
            await SendWholeAsync(_held.WrittenMemory, ct);
        }
        _finished = true;
    }

    private ValueTask EndAsync(CancellationToken ct) => BeforeEnd?.Invoke(ct) ?? ValueTask.CompletedTask;

    private async Task SendWholeAsync(ReadOnlyMemory<byte> answer, CancellationToken ct)
    {
        http.Response.ContentLength = answer.Length;
        await client.Writer.WriteAsync(answer, ct);
    }

    private async ValueTask PassAsync(CancellationToken ct)
    {
        if (_held.WrittenCount > 0)
            await client.Writer.WriteAsync(_held.WrittenMemory, ct);
        Drop();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsStream || http.Response.StatusCode >= 400 || Answer is null)
        {
            _held.Write(buffer.Span);
            return;
        }
        // Whole events come in one piece.
        for (var events = buffer; SseData.TryNext(ref events, out var data);)
        {
            if (!data.Span.SequenceEqual("[DONE]"u8))
                Answer.Event(data, _held);
        }
        await PassAsync(cancellationToken);
    }

    // :: What a body is to those who write it

    Stream IHttpResponseBodyFeature.Stream => this;

    public PipeWriter Writer => _writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));

    public void DisableBuffering() => client.DisableBuffering();

    /// <summary>A whole answer starts when it is whole, since its length is not known before.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("Files are no model's answers.");

    public async Task CompleteAsync()
    {
        await FinishAsync();
        await client.CompleteAsync();
    }

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => life.RequestAborted;
        set => life.RequestAborted = value;
    }

    /// <summary>What is held is half an answer, and is not sent.</summary>
    public void Abort()
    {
        _finished = true;
        life.Abort();
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // The relay and refusals write without waiting for a thread, as the server demands.
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
