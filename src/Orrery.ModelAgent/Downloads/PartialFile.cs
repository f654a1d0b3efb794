using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orrery.ModelAgent.Downloads;

/// <summary>
/// A file on its way, and beside it a journal of which segments are complete, so that a process that was killed goes on where it was.
/// <code>
///   NAME.bytes     the file's bytes at their places, with holes
///   NAME.journal   1024 bytes that say what file it is, then one byte per segment: '1' is complete
/// </code>
/// Segments are not synced one by one: after a power failure the journal may promise too much, which the digest at the end finds out.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int HeaderBytes = 1024;
    private const byte Complete = (byte)'1';

    private readonly SafeFileHandle _bytes;
    private readonly SafeFileHandle _journal;
    private readonly bool[] _complete;
    private readonly string _stem;

    private PartialFile(string stem, long length, int segmentBytes, SafeFileHandle bytes, SafeFileHandle journal, bool[] complete)
        => (_stem, Length, SegmentBytes, _bytes, _journal, _complete) = (stem, length, segmentBytes, bytes, journal, complete);

    public long Length { get; }

    public int SegmentBytes { get; }

    public string BytesPath => _stem + ".bytes";

    /// <summary>Numbers of those that are still to come.</summary>
    public IReadOnlyList<int> Missing => [.. Enumerable.Range(0, _complete.Length).Where(i => !_complete[i])];

    public long CompleteBytes => Enumerable.Range(0, _complete.Length).Where(i => _complete[i]).Sum(i => RangeOf(i).Count);

    /// <summary>What a partial file holds, without opening it for writing. Zero: nothing that can be used.</summary>
    public static long Held(string stem, string identity, long length, int segmentBytes)
    {
        if (!File.Exists(stem + ".journal") || !File.Exists(stem + ".bytes"))
            return 0;
        using var journal = File.OpenHandle(stem + ".journal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var complete = Read(journal, Header(identity, length, segmentBytes), length, segmentBytes);
        return complete is null ? 0 : Enumerable.Range(0, complete.Length).Where(i => complete[i]).Sum(i => Range(i, length, segmentBytes).Count);
    }

    /// <summary>Goes on with what is there if it is of the same file; else begins anew.</summary>
    /// <param name="stem">Path without ending.</param>
    /// <param name="identity">What tells this file from any other of its name: digest, tag or revision.</param>
    public static PartialFile Open(string stem, string identity, long length, int segmentBytes)
    {
        byte[] header = Header(identity, length, segmentBytes);
        var bytes = File.OpenHandle(stem + ".bytes", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var journal = File.OpenHandle(stem + ".journal", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            bool[]? complete = RandomAccess.GetLength(bytes) == length ? Read(journal, header, length, segmentBytes) : null;
            if (complete is null)
            {
                RandomAccess.SetLength(journal, 0);
                RandomAccess.SetLength(bytes, 0);
                RandomAccess.SetLength(bytes, length);
                RandomAccess.Write(journal, header, 0);
                complete = new bool[Segments(length, segmentBytes)];
            }
            return new PartialFile(stem, length, segmentBytes, bytes, journal, complete);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public Storage.Origins.ByteRange RangeOf(int segment) => Range(segment, Length, SegmentBytes);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken ct) => RandomAccess.WriteAsync(_bytes, bytes, offset, ct);

    public void MarkComplete(int segment)
    {
        RandomAccess.Write(_journal, [Complete], HeaderBytes + segment);
        _complete[segment] = true;
    }

    public void Flush() => RandomAccess.FlushToDisk(_bytes);

    /// <summary>Forgets all of it, for another file or a fresh start.</summary>
    public static void Delete(string stem)
    {
        File.Delete(stem + ".journal");
        File.Delete(stem + ".bytes");
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _journal.Dispose();
    }

    private static int Segments(long length, int segmentBytes) => (int)((length + segmentBytes - 1) / segmentBytes);

    private static Storage.Origins.ByteRange Range(int segment, long length, int segmentBytes)
    {
        long offset = (long)segment * segmentBytes;
        return new(offset, Math.Min(segmentBytes, length - offset));
    }

    private static byte[] Header(string identity, long length, int segmentBytes)
    {
        byte[] header = new byte[HeaderBytes];
        header.AsSpan().Fill((byte)' ');
        byte[] text = Encoding.UTF8.GetBytes($"orrery partial 1\n{length}\n{segmentBytes}\n{identity}\n");
        text.AsSpan(0, Math.Min(text.Length, HeaderBytes)).CopyTo(header);
        return header;
    }

    private static bool[]? Read(SafeFileHandle journal, byte[] header, long length, int segmentBytes)
    {
        byte[] content = new byte[HeaderBytes + Segments(length, segmentBytes)];
        int read = RandomAccess.Read(journal, content, 0);
        return read >= HeaderBytes && content.AsSpan(0, HeaderBytes).SequenceEqual(header) ? [.. content.Skip(HeaderBytes).Select(b => b == Complete)] : null;
    }
}
