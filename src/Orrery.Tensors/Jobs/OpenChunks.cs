using System.Runtime.InteropServices;

namespace Orrery.Tensors.Jobs;

/// <summary>
/// The chunks of the latest job that nobody has taken yet, and that job's number, in one word: who takes a chunk knows of which job it is.
/// On cache lines of its own.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct OpenChunks
{
    /// <summary>Chunks of a job, at most.</summary>
    public const int Most = 2048;

    private const int CountBits = 16;

    [FieldOffset(64)]
    private long _word;                                                 // number << 16 | chunks

    public bool Any => (ushort)Volatile.Read(ref _word) != 0;

    /// <summary>Of the latest one.</summary>
    public long Job => Volatile.Read(ref _word) >> CountBits;

    /// <summary>Begins a new job, without chunks so far. From here on the old one's number is no longer the latest, for whoever looks.</summary>
    /// <returns>The new one's number.</returns>
    public long Begin()
    {
        long number = Job + 1;
        Interlocked.Exchange(ref _word, number << CountBits);
        return number;
    }

    /// <summary>Lets the chunks of the new job be taken.</summary>
    public void Open(int chunks) => Interlocked.Add(ref _word, chunks);

    /// <param name="left">How many there were before this one.</param>
    public bool TryTake(out long job, out int left)
    {
        long word = Volatile.Read(ref _word);
        while ((ushort)word != 0)
        {
            long now = Interlocked.CompareExchange(ref _word, word - 1, word);
            if (now == word)
            {
                (job, left) = (word >> CountBits, (ushort)word);
                return true;
            }
            word = now;
        }
        (job, left) = (0, 0);
        return false;
    }
}
