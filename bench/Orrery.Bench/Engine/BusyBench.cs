using System.Diagnostics;
using Orrery.Engine;
using Orrery.Tensors;

namespace Orrery.Bench.Engine;

/// <summary>Decoding beside programs that want every processor, with one thread and with all, in turns: more threads should never be slower.</summary>
internal static class BusyBench
{
    private const int Rounds = 8;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<Figure> Run()
    {
        string path = RandomModel.Path(DType.Q4_0);
        int processors = Environment.ProcessorCount;
        var figures = new List<Figure>();
        using var one = ModelPart.Load(path, layers: null, new EngineOptions { Threads = 1, MaxContextTokens = 1024 });
        using var all = ModelPart.Load(path, layers: null, new EngineOptions { Threads = processors, MaxContextTokens = 1024 });
        _ = (Decode(one, Turn), Decode(all, Turn));                     // reads the file
        foreach (int loops in new[] { 0, 1, processors })
        {
            var (withOne, withAll) = (new List<double>(), new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                using var busy = new BusyLoops(loops);
                withOne.Add(Decode(one, Turn));
                withAll.Add(Decode(all, Turn));
            }
            string group = $"{Path.GetFileNameWithoutExtension(path)}, {loops} busy loops";
            figures.Add(new Figure(group, "decode, 1 thread", Median(withOne), "tokens/s"));
            figures.Add(new Figure(group, $"decode, {processors} threads", Median(withAll), "tokens/s"));
            figures.Add(new Figure(group, $"{processors} threads / 1 thread, median of {Rounds}", Median(withAll.Zip(withOne, (a, b) => a / b)), "ratio", "1.0"));
        }
        return figures;
    }

    private static double Decode(ModelPart part, TimeSpan time)
    {
        using var sequence = part.Start();
        long start = Stopwatch.GetTimestamp();
        int tokens = 0;
        for (; Stopwatch.GetElapsedTime(start) < time && tokens < part.ContextTokens; tokens++)
            sequence.Forward([tokens]);
        return tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private sealed class BusyLoops : IDisposable
    {
        private readonly List<Thread> _threads;
        private volatile bool _stopped;

        public BusyLoops(int count)
        {
            _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Spin) { IsBackground = true })];
            _threads.ForEach(thread => thread.Start());
        }

        public void Dispose()
        {
            _stopped = true;
            _threads.ForEach(thread => thread.Join());
        }

        private void Spin()
        {
            while (!_stopped)
                Thread.SpinWait(1000);
        }
    }
}
