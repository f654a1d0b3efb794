using Orrery.Storage.Origins;

namespace Orrery.Storage.Tests;

/// <summary>What is read from an origin in a test.</summary>
internal static class Taken
{
    public static OriginAccess Access(Uri? endpoint = null, Dictionary<string, string>? secret = null, Dictionary<string, string>? parameters = null)
    {
        parameters ??= [];
        if (endpoint is not null)
            parameters["endpoint"] = endpoint.ToString();
        return new OriginAccess(parameters, secret ?? [], new Uri("https://hub.invalid"));
    }

    public static Task<byte[]> WholeAsync(IOrigin origin, ListedFile file, CancellationToken ct) => RangeAsync(origin, file, new ByteRange(0, file.Bytes), ct);

    public static async Task<byte[]> RangeAsync(IOrigin origin, ListedFile file, ByteRange range, CancellationToken ct)
    {
        using var into = new MemoryStream();
        await origin.ReadAsync(file, range, Take, ct);
        return into.ToArray();

        ValueTask Take(ReadOnlyMemory<byte> bytes)
        {
            into.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }

    public static byte[] Bytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
