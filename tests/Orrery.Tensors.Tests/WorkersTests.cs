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
}
