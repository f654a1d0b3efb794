using System.Buffers;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Http;

/// <summary>Reads a range out of an answer and believes none of what the answer says of itself.</summary>
internal static class RangedBody
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Longest silence, or near silence.</summary>
    public static TimeSpan IdleWithin { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the answer's head is one for this range of this file. Throws what is wrong.</summary>
    public static void Check(HttpResponseMessage answer, ListedFile file, ByteRange range, string shown)
    {
        long? stated = answer.Content.Headers.ContentLength;
        if (answer.Content.Headers.ContentEncoding.Count > 0)
            throw HttpFaults.Refused($"{shown} came with Content-Encoding {string.Join(", ", answer.Content.Headers.ContentEncoding)}, which nobody asked for");
        if ((int)answer.StatusCode == 200)
        {
            if (range.Offset != 0 || range.Count != file.Bytes)
                throw new OriginException(OriginFault.NoRanges, $"{shown} gives no ranges");
            if (stated is { } whole && whole != file.Bytes)
                throw new OriginException(OriginFault.Changed, $"{shown} has {whole} bytes, and was listed with {file.Bytes}");
            return;
        }
        if (answer.Content.Headers.ContentRange is not { Unit: "bytes", From: { } from, To: { } to } given)
            throw HttpFaults.Refused($"{shown} answered 206 without saying which range");
        if (given.Length is { } length && length != file.Bytes)
            throw new OriginException(OriginFault.Changed, $"{shown} has {length} bytes, and was listed with {file.Bytes}");
        if (from != range.Offset || to != range.End - 1)
            throw HttpFaults.Refused($"{shown} gave bytes {from}-{to} instead of {range.Offset}-{range.End - 1}");
        if (stated is { } count && count != range.Count)
            throw HttpFaults.Broken($"{shown} states {count} bytes for a range of {range.Count}");
    }

    /// <summary>Exactly <paramref name="count"/> bytes, or <see cref="OriginFault.Broken"/>.</summary>
    public static async Task CopyAsync(Stream body, long count, string shown, TimeSpan idleWithin, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        using var reader = new BodyReader(body, shown, idleWithin, ct);
        try
        {
            long left = count;
            while (left > 0)
            {
                int read = await reader.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
                if (read == 0)
                    throw HttpFaults.Broken($"{shown} ended {left} bytes too early");
                left -= read;
                await take(buffer.AsMemory(0, read));
            }
            if (await reader.ReadAsync(buffer.AsMemory(0, 1)) != 0)
                throw HttpFaults.Broken($"{shown} sent more than the {count} bytes it was asked for");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
