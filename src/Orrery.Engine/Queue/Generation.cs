using System.Diagnostics;
using System.Threading.Channels;

namespace Orrery.Engine.Queue;

/// <summary>
/// One request on its way: the worker writes pieces, a consumer reads them. There is room for every piece that the request can
/// make, so a slow or stuck consumer never holds up the worker and the sequences behind it.
/// </summary>
internal sealed class Generation(TextRequest request, int maxPieces, CancellationToken ct)
{
    private readonly Channel<TextPiece> _pieces = Channel.CreateBounded<TextPiece>(
        new BoundedChannelOptions(maxPieces) { SingleReader = true, SingleWriter = true });

    private volatile bool _abandoned;

    public TextRequest Request { get; } = request;

    public ChannelReader<TextPiece> Pieces => _pieces.Reader;

    /// <summary>Nobody wants more; looked at before every step.</summary>
    public bool Unwanted => _abandoned || ct.IsCancellationRequested;

    public void Abandon() => _abandoned = true;

    public void Write(TextPiece piece)
    {
        bool written = _pieces.Writer.TryWrite(piece);
        Debug.Assert(written, "maxPieces is too small or the generation was completed");
    }

    public void Complete(Exception? error = null) => _pieces.Writer.TryComplete(error);
}
