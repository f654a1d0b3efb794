using System.Net.Http.Headers;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Http;

/// <summary>Files and small documents over HTTP, for every origin that speaks it.</summary>
/// <param name="credentials">What to say where the server wants (other) credentials.</param>
/// <param name="version">Of Azure's API, sent with every question. Null: not sent.</param>
/// <param name="explain">What an answer without success means, where its headers say more than its code; null: nothing more.</param>
internal sealed class WebFiles(
    GuardedHttp http, TimeProvider time, string credentials, TimeSpan? idleWithin = null, string? version = null, Func<HttpResponseMessage, OriginException?>? explain = null)
{
    private const int MaxDocumentBytes = 64 * 1024 * 1024;

    private IReadOnlyList<KeyValuePair<string, string>> Version => version is null ? [] : [new("x-ms-version", version)];

    /// <summary>A range of a file; the whole of it without a Range header, which some servers would ignore anyway.</summary>
    public async Task ReadAsync(
        Uri address, AuthenticationHeaderValue? authorization, ListedFile file, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        List<KeyValuePair<string, string>> headers = [new("Accept-Encoding", "identity"), .. Version];
        if (range.Offset != 0 || range.Count != file.Bytes)
            headers.Add(new("Range", $"bytes={range.Offset}-{range.End - 1}"));
        // A weak tag says "about the same", which is not enough to glue pieces together; RFC 9110 13.1.5 forbids it too.
        if (file.ETag is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal))
            headers.Add(new("If-Match", tag));
        string shown = GuardedHttp.Shown(address);
        using var answer = await http.GetAsync(new WebQuestion(address, authorization, headers), ct);
        if (FaultOf(answer, shown) is { } fault)
            throw fault;
        if (file.ETag is { } wanted && answer.Headers.ETag?.ToString() is { } got && got != wanted)
            throw new OriginException(OriginFault.Changed, $"{shown} has the tag {got}, and was listed with {wanted}");
        RangedBody.Check(answer, file, range, shown);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        await RangedBody.CopyAsync(body, range.Count, shown, idleWithin ?? RangedBody.IdleWithin, take, ct);
    }

    /// <summary>A document that fits into memory, with its headers.</summary>
    public async Task<(byte[] Body, HttpResponseHeaders Headers)> DocumentAsync(WebQuestion question, CancellationToken ct)
    {
        string shown = GuardedHttp.Shown(question.Address);
        using var answer = await http.GetAsync(question with { Headers = [.. question.Headers ?? [], .. Version] }, ct);
        if (FaultOf(answer, shown) is { } fault)
            throw fault;
        using var into = new MemoryStream();
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        using var reader = new BodyReader(body, shown, idleWithin ?? RangedBody.IdleWithin, ct);
        byte[] buffer = new byte[64 * 1024];
        while (await reader.ReadAsync(buffer) is > 0 and var read)
        {
            if (into.Length + read > MaxDocumentBytes)
                throw HttpFaults.Refused($"{shown} answered with more than {MaxDocumentBytes} bytes");
            into.Write(buffer, 0, read);
        }
        return (into.ToArray(), answer.Headers);
    }

    private OriginException? FaultOf(HttpResponseMessage answer, string shown)
        => (answer.IsSuccessStatusCode ? null : explain?.Invoke(answer)) ?? HttpFaults.Of(answer, shown, credentials, time.GetUtcNow());
}
