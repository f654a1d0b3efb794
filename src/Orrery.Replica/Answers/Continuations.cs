using Orrery.Engine;

namespace Orrery.Replica.Answers;

/// <summary>
/// Several texts that the model makes at the same time, read as one row of pieces. The first failure is everybody's: a request is answered with all
/// of its choices or refused. At most one step of each text is under way.
/// </summary>
internal sealed class Continuations : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending;
    private readonly IAsyncEnumerator<TextPiece>[] _texts;
    private readonly Task<bool>?[] _steps;                              // by choice; null: it has ended
    private int _latest;

    private Continuations(IAsyncEnumerator<TextPiece>[] texts, CancellationTokenSource ending)
    {
        _texts = texts;
        _ending = ending;
        _steps = [.. texts.Select(text => StepAsync(text))];
        _latest = texts.Length - 1;
    }

    /// <param name="over">Ends them too.</param>
    public static Continuations Start(ITextModel model, IEnumerable<TextRequest> requests, CancellationToken ct, CancellationToken over)
    {
        var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, over);
        return new Continuations([.. requests.Select(request => model.GenerateAsync(request, ending.Token).GetAsyncEnumerator(ending.Token))], ending);
    }

    /// <summary>Waits until there is a piece; where several are, their choices take turns.</summary>
    /// <returns>Null: all have ended.</returns>
    /// <exception cref="Exception">What the first text that failed threw.</exception>
    public async ValueTask<ChoicePiece?> NextAsync()
    {
        var open = _steps.OfType<Task<bool>>().ToList();
        if (open.Count == 0)
            return null;
        if (!open.Exists(step => step.IsCompleted))
            await Task.WhenAny(open);
        if (open.Find(step => step.IsCompleted && !step.IsCompletedSuccessfully) is { } failed)
            await failed;

        do
            _latest = (_latest + 1) % _steps.Length;
        while (_steps[_latest] is not { IsCompleted: true });
        if (!await _steps[_latest]!)
            throw new InvalidOperationException("The model ended a text without a finish reason.");
        var piece = _texts[_latest].Current;
        _steps[_latest] = piece.Finish is null ? StepAsync(_texts[_latest]) : null;
        return new ChoicePiece(_latest, piece);
    }

    public async ValueTask DisposeAsync()
    {
        // A text must not be disposed of while it makes a step; the model ends within one when it is told to.
        if (_steps.Any(step => step is not null))
            await _ending.CancelAsync();
        foreach (var step in _steps.OfType<Task>())
            await step.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var text in _texts)
            await text.DisposeAsync();
        _ending.Dispose();
    }

    private static async Task<bool> StepAsync(IAsyncEnumerator<TextPiece> text) => await text.MoveNextAsync();
}

/// <param name="Choice">From 0.</param>
internal readonly record struct ChoicePiece(int Choice, TextPiece Piece);
