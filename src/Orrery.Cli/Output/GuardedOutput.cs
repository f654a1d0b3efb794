using Orrery.Cli.Client;

namespace Orrery.Cli.Output;

/// <summary>
/// Standard output as a stream whose failures speak to a person. What is written to an output that somebody closed is lost without a word, as it
/// is for a pipe whose reader has gone: the command still does what it was asked to.
/// </summary>
internal sealed class GuardedOutput(Stream output) : Stream
{
    // errno of a descriptor that was closed at the start and that something else in this process has taken over since.
    private const int NotWritable = 22;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="CliException">The disk is full, and the like.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        try
        {
            output.Write(buffer, offset, count);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException { HResult: NotWritable })
        {
            // Nobody reads it: the descriptor is closed, or is not one of an output.
        }
        catch (IOException e)
        {
            throw new CliException($"The output cannot be written: {e.Message}");
        }
    }

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
