using Orrery.Engine.Queue;
using Orrery.Engine.Sampling;
using Orrery.Engine.Scheduling;
using Orrery.Engine.Speculation;
using Orrery.Engine.Statistics;

namespace Orrery.Engine.Tests.Scheduling;

public sealed class PassTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 4)]
    [InlineData(8, 0)]
    [InlineData(8, 16)]
    public void A_step_of_some_sequences_allocates_their_pieces_of_text_and_nothing_else(int sequences, int speculate)
    {
        var options = new EngineOptions { MaxContextTokens = 512, MaxSequences = sequences, Speculate = speculate, Threads = 1 };
        using var part = ModelPart.Load(Stories.Path("Q8_0"), options: options);
        var tokenizer = part.Source.ReadTokenizer(part.Vocabulary);
        var counters = new ModelCounters(TimeProvider.System);
        var scratch = new SamplerScratch(part.Vocabulary);
        int ended = 0;
        var pass = new Pass(part, options, counters, (_, _, _) => ended++);
        var running = Enumerable.Range(0, sequences).Select(i =>
        {
            var request = new TextRequest
            {
                Prompt = tokenizer.Encode("Tom has a dog. Tom has a dog. Tom has a " + (char)('a' + i), addSpecial: true),
                Sampling = new SamplingOptions { Temperature = i % 2, Seed = i, FrequencyPenalty = i % 3 == 2 ? 0.1f : 0 },
                Stop = ["never there"],
            };
            return new RunningSequence(new Generation(request, 512, counters.Arrived(request.Prompt.Count), Stories.Ct), part.StartCache(null), tokenizer, part.ContextTokens, scratch, new Drafter(speculate, counters));
        }).ToList();
        var pieces = new List<TextPiece>(512);

        // The queues of pieces, tokens and pages grow now and then; the least of several tries leaves that out.
        long beyond = long.MaxValue;
        for (int step = 0; step < 40; step++)
        {
            long allocated = Allocations.Least(() => pass.Run(running), tries: 1);
            pieces.Clear();
            foreach (var sequence in running)
            {
                while (sequence.Generation.Pieces.TryRead(out var piece))
                    pieces.Add(piece);
            }
            if (step >= 10 && pieces.Count >= sequences)
                beyond = Math.Min(beyond, allocated - pieces.Sum(BytesOf));
        }

        Assert.Equal((0, 0), (ended, beyond));
        Assert.Equal(speculate > 0, counters.GenerationSnapshot((0, 0)).AcceptedTokens > 0);
    }

    private static long BytesOf(TextPiece piece)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = new TextPiece(piece.Token, piece.Text.Length == 0 ? "" : new string('x', piece.Text.Length));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
