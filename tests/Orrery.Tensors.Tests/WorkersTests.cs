namespace Orrery.Tensors.Tests;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_chunk_runs_once_however_many_jobs_follow_each_other(int threads)
    {
        using var workers = new Workers(threads);
        for (int round = 0; round < 2000; round++)
        {
            int chunks = round % 40;
            int[] runs = new int[chunks];
            var job = new CountJob(runs);

            workers.Run(ref job, chunks);

            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void An_error_in_a_chunk_comes_to_the_caller_and_the_next_job_runs()
    {
        using var workers = new Workers(3);
        var failing = new FailingJob();

        var error = Assert.Throws<InvalidOperationException>(() => workers.Run(ref failing, 20));
        int[] runs = new int[20];
        var job = new CountJob(runs);
        workers.Run(ref job, runs.Length);

        Assert.Equal("chunk 7", error.Message);
        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void They_are_gone_after_disposal()
    {
        var workers = new Workers(3);
        workers.Dispose();
        workers.Dispose();
        var job = new CountJob(new int[2]);

        Assert.Throws<ObjectDisposedException>(() => workers.Run(ref job, 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void Counts_that_make_no_sense_are_refused(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(count));

    [Fact]
    public void A_job_allocates_nothing_and_wakes_those_asleep()
    {
        using var workers = new Workers(2);
        var job = new CountJob(new int[8]);
        workers.Run(ref job, 8);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                workers.Run(ref job, 8);
        }));
    }

    [Fact]
    public async Task Soon_after_a_job_all_are_asleep()
    {
        using var workers = new Workers(3);
        var job = new CountJob(new int[8]);
        for (int i = 0; i < 5; i++)
        {
            workers.Run(ref job, 8);
            await Eventually.TrueAsync(() => workers.Asleep == 2, () => $"{workers.Asleep} of 2 asleep");
        }
    }

    [Fact]
    public void A_thread_that_stops_in_the_middle_of_a_chunk_holds_up_nobody_and_writes_nothing_later()
    {
        var workers = new Workers(2);
        var gate = new Gate { StopsOthers = true, AwaitsOthers = true };
        int[] results = new int[8];
        var job = new GatedJob(gate, results);

        workers.RunRepeatable(ref job, results.Length);
        Assert.Equal(Enumerable.Range(1, 8), results);

        Array.Clear(results);
        var count = new CountJob(new int[8]);
        workers.Run(ref count, 8);                                      // the other one is still at its chunk
        gate.Open.Set();
        workers.Dispose();
        Assert.All(results, result => Assert.Equal(0, result));
        Assert.Equal((1, 0), (gate.Stopped, gate.HandedOver));
    }

    [Fact]
    public void Who_computes_hands_over_what_is_right()
    {
        using var workers = new Workers(4);
        for (int round = 1; round <= 3000; round++)
        {
            int[] results = new int[2 + (round % 60)];
            var gate = new Gate { AwaitsOthers = round % 100 == 0 };
            var job = new GatedJob(gate, results);

            workers.RunRepeatable(ref job, results.Length);

            Assert.Equal(Enumerable.Range(1, results.Length), results);
            Assert.InRange(gate.HandedOver, gate.AwaitsOthers ? 1 : 0, results.Length);
        }
    }

    [Fact]
    public void An_error_in_a_chunk_that_may_be_repeated_comes_to_the_caller_and_the_next_job_runs()
    {
        using var workers = new Workers(3);
        for (int round = 0; round < 200; round++)
        {
            var gate = new Gate { FailingChunk = round % 20 };
            var failing = new GatedJob(gate, new int[20]);
            var error = Assert.Throws<InvalidOperationException>(() => workers.RunRepeatable(ref failing, 20));
            Assert.Equal($"chunk {round % 20}", error.Message);

            int[] results = new int[20];
            var job = new GatedJob(new Gate(), results);
            workers.RunRepeatable(ref job, 20);
            Assert.Equal(Enumerable.Range(1, 20), results);
        }
    }

    [Fact]
    public void Products_come_out_right_in_order_and_soon_on_a_machine_with_more_to_do_than_processors()
    {
        const int Products = 200, Cols = 1024, RowCount = 2048;
        using var stop = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new Thread(() => Spin(stop.Token)) { IsBackground = true }).ToList();
        busy.ForEach(thread => thread.Start());
        using var workers = new Workers(Math.Max(2, Environment.ProcessorCount));
        var (matrix, keep) = Rows.Matrix(DType.Q8_0, RowCount, Cols, seed: 1);
        float[] y = new float[RowCount], expected = new float[RowCount];
        var clock = System.Diagnostics.Stopwatch.StartNew();

        for (int i = 0; i < Products; i++)
        {
            float[] x = Numbers.Floats(Cols, seed: i);
            matrix.Multiply(workers.Memory.Round(x, Cols, DType.Q8_0), y, workers);
            matrix.Multiply(x, expected);
            Assert.Equal(expected, y);
        }

        // Some 0.2 ms each twice over, on a third of a processor: 0.3 s is the aim where nobody else is at work.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        stop.Cancel();
        busy.ForEach(thread => thread.Join());
        GC.KeepAlive(keep);
    }

    [Fact]
    public void Jobs_that_may_be_repeated_allocate_nothing()
    {
        using var workers = new Workers(2);
        var job = new GatedJob(new Gate(), new int[8]);
        workers.RunRepeatable(ref job, 8);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                workers.RunRepeatable(ref job, 8);
        }));
    }

    public static TheoryData<string> Types => new(Rows.Types.Select(type => type.Name));

    [Theory]
    [MemberData(nameof(Types))]
    public void Any_number_of_threads_gives_the_same_bits(string typeName)
    {
        var type = Rows.Type(typeName);
        int rows = 1500, cols = type.BlockWeights == 1 ? 300 : 3 * 256;
        byte[] some = Rows.Of(type, Numbers.Floats(10 * cols, seed: 1));
        var (matrix, keep) = Rows.Matrix(type, rows, cols, [.. Enumerable.Repeat(some, rows / 10).SelectMany(bytes => bytes)]);
        foreach (int n in new[] { 1, 3, 9 })
        {
            float[] x = Numbers.Floats(n * cols, seed: 2), expected = new float[n * rows];
            matrix.Multiply(x, expected);
            foreach (int threads in new[] { 1, 2, 3 })
            {
                using var workers = new Workers(threads);
                float[] y = new float[n * rows];
                matrix.Multiply(workers.Memory.Round(x, cols, type), y, workers);
                Assert.Equal(expected, y);
            }
        }
        GC.KeepAlive(keep);
    }

    [Fact]
    public void What_was_rounded_for_another_type_is_rounded_again()
    {
        using var workers = new Workers(1);
        var (matrix, keep) = Rows.Matrix(DType.Q4_K, 5, 256, seed: 1);
        float[] x = Numbers.Floats(2 * 256, seed: 2), expected = new float[10], y = new float[10];

        matrix.Multiply(x, expected);
        matrix.Multiply(workers.Memory.Round(x, 256, DType.Q8_0), y, workers);

        Assert.Equal(expected, y);
        GC.KeepAlive(keep);
    }

    private readonly struct CountJob(int[] runs) : IJob
    {
        public void Run(int chunk) => Interlocked.Increment(ref runs[chunk]);
    }

    private readonly struct FailingJob : IJob
    {
        public void Run(int chunk)
        {
            if (chunk == 7)
                throw new InvalidOperationException($"chunk {chunk}");
        }
    }

    /// <summary>What happens at the chunks of a job, and what stops there.</summary>
    private sealed class Gate
    {
        private int _stopped, _handedOver;

        /// <summary>Others stop where they have begun a chunk, until it is opened.</summary>
        public bool StopsOthers { get; init; }

        /// <summary>The caller's chunks begin when another thread has stopped, or handed a chunk over.</summary>
        public bool AwaitsOthers { get; init; }

        public ManualResetEventSlim Open { get; } = new();

        public int? FailingChunk { get; init; }

        public int Stopped => _stopped;

        public int HandedOver => _handedOver;

        public void CallerComes()
        {
            if (AwaitsOthers)
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _stopped) + Volatile.Read(ref _handedOver) > 0, TimeSpan.FromSeconds(30)), "no other thread came");
        }

        public void OtherComes()
        {
            if (!StopsOthers)
                return;
            Interlocked.Increment(ref _stopped);
            Open.Wait(TimeSpan.FromSeconds(30));
        }

        public void HandOver() => Interlocked.Increment(ref _handedOver);
    }

    /// <summary>results[chunk] = chunk + 1.</summary>
    private readonly unsafe struct GatedJob(Gate gate, int[] results) : IRepeatableJob
    {
        public int ResultBytes => sizeof(int);

        public void Run(int chunk)
        {
            gate.CallerComes();
            Fail(chunk);
            results[chunk] = chunk + 1;
        }

        public void Run(int chunk, byte* own)
        {
            gate.OtherComes();
            Fail(chunk);
            *(int*)own = chunk + 1;
        }

        public void HandOver(int chunk, byte* own)
        {
            gate.HandOver();
            results[chunk] = *(int*)own;
        }

        private void Fail(int chunk)
        {
            if (chunk == gate.FailingChunk)
                throw new InvalidOperationException($"chunk {chunk}");
        }
    }

    private static void Spin(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
            Thread.SpinWait(1000);
    }
}
