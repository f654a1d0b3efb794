using System.Diagnostics;
using System.Threading.Channels;
using Orrery.Engine.Statistics;

namespace Orrery.Engine.Queue;

/// <summary>
/// One request on its way: the worker writes pieces, a consumer reads them. There is room for every piece that the request can
/// make, so a slow or stuck consumer never holds up the worker and the sequences behind it.
/// </summary>
internal sealed class Generation(TextRequest request, int maxPieces, RequestMeter meter, CancellationToken ct)
{
    private readonly Channel<TextPiece> _pieces = Channel.CreateBounded<TextPiece>(
        new BoundedChannelOptions(maxPieces) { SingleReader = true, SingleWriter = true });

    private volatile bool _abandoned;

    public TextRequest Request { get; } = request;

    public RequestMeter Meter { get; } = meter;

    public ChannelReader<TextPiece> Pieces => _pieces.Reader;

    /// <summary>Nobody wants more; looked at before every step.</summary>
    public bool Unwanted => _abandoned || ct.IsCancellationRequested;

    public void Abandon() => _abandoned = true;

    public void Write(TextPiece piece)
    {
        if (piece.Token is not null)
            Meter.Token();
        if (piece.Finish is { } finish)
            Meter.Ended(finish == FinishReason.Stop ? RequestEnd.Stop : RequestEnd.Length);
        bool written = _pieces.Writer.TryWrite(piece);
        Debug.Assert(written, "maxPieces is too small or the generation was completed");
    }

    /// <summary>Nothing more comes. Without a last piece before it: somebody wanted no more, or the error ended it.</summary>
    public void Complete(Exception? error = null)
    {
        Meter.Ended(error is null ? RequestEnd.Abort : RequestEnd.Error);
        _pieces.Writer.TryComplete(error);
    }
}
