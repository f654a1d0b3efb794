using System.Buffers.Text;
using Orrery.Gateway.Telemetry;

namespace Orrery.Gateway.Relaying;

/// <summary>
/// The last bytes of an answer as they pass by. OpenAI-shaped answers end with their usage, and streams with <c>[DONE]</c>, so this is
/// enough to count tokens and to tell an end from a break without parsing what is relayed.
/// </summary>
internal sealed class AnswerTail
{
    // llama.cpp writes some 400 bytes of timings after usage.
    private const int Capacity = 1024;

    private readonly byte[] _bytes = new byte[Capacity];
    private int _length;

    public void See(ReadOnlySpan<byte> passed)
    {
        passed = passed[Math.Max(0, passed.Length - Capacity)..];
        int keep = Math.Min(_length, Capacity - passed.Length);
        _bytes.AsSpan(_length - keep, keep).CopyTo(_bytes);
        passed.CopyTo(_bytes.AsSpan(keep));
        _length = keep + passed.Length;
    }

    /// <summary>The stream's own end has come.</summary>
    public bool IsDone => _bytes.AsSpan(0, _length).TrimEnd("\r\n "u8).EndsWith("[DONE]"u8);

    /// <summary>
    /// A stream has come to an end that its server meant: <c>[DONE]</c>, or at least a choice's reason to finish, for servers that leave the
    /// other out.
    /// </summary>
    public bool IsFinished => IsDone || Has("\"finish_reason\":\""u8) || Has("\"finish_reason\": \""u8);

    /// <summary>What the answer's last usage says.</summary>
    public AnswerUsage Usage
    {
        get
        {
            var tail = _bytes.AsSpan(0, _length);
            int at = tail.LastIndexOf("\"usage\""u8);
            // One that is so large that its beginning is lost is read as far as it is here.
            var usage = tail[Math.Max(0, at)..];
            return new AnswerUsage(
                NumberIn(usage, "\"prompt_tokens\":"u8), NumberIn(usage, "\"completion_tokens\":"u8), NumberIn(usage, "\"cached_tokens\":"u8));
        }
    }

    private bool Has(ReadOnlySpan<byte> text) => _bytes.AsSpan(0, _length).IndexOf(text) >= 0;
    /// <summary>usage.total_tokens; 0 when the answer does not say. Text cannot pretend to be it: quotes in JSON strings are escaped.</summary>
    public long TotalTokens => NumberIn(_bytes.AsSpan(0, _length), "\"total_tokens\":"u8) ?? 0;

    /// <param name="name">With its quotes and the colon.</param>
    private static long? NumberIn(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int at = text.LastIndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..].TrimStart((byte)' '), out long tokens, out _) && tokens >= 0 ? tokens : null;
    }
}
