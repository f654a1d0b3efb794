using Orrery.Storage.Origins;

namespace Orrery.Storage.Http;

/// <summary>Reads an answer's body for as long as it keeps coming. A server that sends a byte now and then is as good as silent.</summary>
/// <param name="within">Longest time for the next <see cref="LeastBytes"/>.</param>
internal sealed class BodyReader(Stream body, string shown, TimeSpan within, CancellationToken ct) : IDisposable
{
    private const int LeastBytes = 4 * 1024;

    private readonly CancellationTokenSource _slow = CancellationTokenSource.CreateLinkedTokenSource(ct);
    private long _lately = LeastBytes;

    /// <returns>Zero: it ended.</returns>
    /// <exception cref="OriginException"><see cref="OriginFault.Broken"/>.</exception>
    public async Task<int> ReadAsync(Memory<byte> into)
    {
        if (_lately >= LeastBytes)
        {
            _slow.CancelAfter(within);
            _lately = 0;
        }
        try
        {
            int read = await body.ReadAsync(into, _slow.Token);
            _lately += read;
            return read;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw HttpFaults.Broken($"{shown} was {(_lately == 0 ? "silent" : "too slow")} for {within.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw HttpFaults.Broken($"{shown} broke off: {e.Message.TrimEnd('.')}", e);
        }
    }

    public void Dispose() => _slow.Dispose();
}
