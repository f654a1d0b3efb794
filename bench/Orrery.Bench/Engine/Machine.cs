using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Orrery.Tensors;

namespace Orrery.Bench.Engine;

/// <summary>What this machine can do at most, at this moment: bytes read from memory and products of 8-bit numbers.</summary>
internal static unsafe class Machine
{
    private const long Bytes = 512L << 20;
    private const int Chunks = 32, Repetitions = 10, Rounds = 1 << 20;

    /// <summary>Bytes per second, each thread in four streams; best of ten.</summary>
    public static double ReadBandwidth(int threads)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, 64);
        new Span<byte>(memory, (int)Bytes).Fill(1);
        var job = new ReadJob(memory, Bytes / Chunks);
        double best = Best(threads, ref job, Bytes);
        NativeMemory.AlignedFree(memory);
        return best;
    }

    /// <summary>Products per second that are added up in 16 bits, from registers alone; best of ten. 0 where the processor has no AVX2.</summary>
    public static double Products(int threads)
    {
        var job = new MultiplyJob();
        return Avx2.IsSupported ? Best(threads, ref job, (long)Chunks * Rounds * 8 * (Avx512BW.IsSupported ? 64 : 32)) : 0;
    }

    private static double Best<TJob>(int threads, ref TJob job, long done)
        where TJob : struct, IJob
    {
        using var workers = new Workers(threads);
        double best = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            workers.Run(ref job, Chunks);
            best = Math.Max(best, done / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private readonly struct ReadJob(byte* memory, long each) : IJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            byte* first = memory + (chunk * each);
            long quarter = each / 4;
            var (a, b, c, d) = (Vector256<byte>.Zero, Vector256<byte>.Zero, Vector256<byte>.Zero, Vector256<byte>.Zero);
            for (long i = 0; i < quarter; i += 64)
            {
                a += Vector256.Load(first + i) ^ Vector256.Load(first + i + 32);
                b += Vector256.Load(first + quarter + i) ^ Vector256.Load(first + quarter + i + 32);
                c += Vector256.Load(first + (2 * quarter) + i) ^ Vector256.Load(first + (2 * quarter) + i + 32);
                d += Vector256.Load(first + (3 * quarter) + i) ^ Vector256.Load(first + (3 * quarter) + i + 32);
            }
            Keep((a + b + c + d)[0]);
        }
    }

    private readonly struct MultiplyJob : IJob
    {
        public void Run(int chunk)
        {
            if (Avx512BW.IsSupported)
                Wide(Vector512.Create((byte)chunk), Vector512.Create((sbyte)1));
            else
                Narrow(Vector256.Create((byte)chunk), Vector256.Create((sbyte)1));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Wide(Vector512<byte> w, Vector512<sbyte> x)
        {
            var (a, b, c, d) = (Vector512<short>.Zero, Vector512<short>.Zero, Vector512<short>.Zero, Vector512<short>.Zero);
            var (e, f, g, h) = (a, b, c, d);
            for (int i = 0; i < Rounds; i++)
            {
                // With what came before as a factor, so that nothing is computed once for all.
                a += Avx512BW.MultiplyAddAdjacent(w, a.AsSByte());
                b += Avx512BW.MultiplyAddAdjacent(w, b.AsSByte());
                c += Avx512BW.MultiplyAddAdjacent(w, c.AsSByte());
                d += Avx512BW.MultiplyAddAdjacent(w, d.AsSByte());
                e += Avx512BW.MultiplyAddAdjacent(w, e.AsSByte());
                f += Avx512BW.MultiplyAddAdjacent(w, f.AsSByte());
                g += Avx512BW.MultiplyAddAdjacent(w, g.AsSByte());
                h += Avx512BW.MultiplyAddAdjacent(w, h.AsSByte());
            }
            Keep((a + b + c + d + e + f + g + h + x.AsInt16())[0]);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Narrow(Vector256<byte> w, Vector256<sbyte> x)
        {
            var (a, b, c, d) = (Vector256<short>.Zero, Vector256<short>.Zero, Vector256<short>.Zero, Vector256<short>.Zero);
            var (e, f, g, h) = (a, b, c, d);
            for (int i = 0; i < Rounds; i++)
            {
                a += Avx2.MultiplyAddAdjacent(w, a.AsSByte());
                b += Avx2.MultiplyAddAdjacent(w, b.AsSByte());
                c += Avx2.MultiplyAddAdjacent(w, c.AsSByte());
                d += Avx2.MultiplyAddAdjacent(w, d.AsSByte());
                e += Avx2.MultiplyAddAdjacent(w, e.AsSByte());
                f += Avx2.MultiplyAddAdjacent(w, f.AsSByte());
                g += Avx2.MultiplyAddAdjacent(w, g.AsSByte());
                h += Avx2.MultiplyAddAdjacent(w, h.AsSByte());
            }
            Keep((a + b + c + d + e + f + g + h + x.AsInt16())[0]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(int value) => GC.KeepAlive(value == 12345 ? "" : null);
}
