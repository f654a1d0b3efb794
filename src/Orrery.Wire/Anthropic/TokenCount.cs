using System.Buffers;
using System.Text;
using System.Text.Json;
using Orrery.Wire.Translation;

namespace Orrery.Wire.Anthropic;

/// <summary>The answer of /v1/tokenize as that of /v1/messages/count_tokens.</summary>
internal sealed class TokenCount : IAnswerTranslation
{
    public byte[] Whole(ReadOnlyMemory<byte> answer)
    {
        using var json = JsonDocument.Parse(answer);
        if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("count", out var count) && count.TryGetInt64(out long tokens))
            return Encoding.UTF8.GetBytes($$"""{"input_tokens":{{tokens}}}""");
        throw new JsonException("The answer of /v1/tokenize has no 'count'.");
    }

    public void Event(ReadOnlyMemory<byte> data, IBufferWriter<byte> output) => throw new JsonException("A count of tokens is not streamed.");

    public void End(IBufferWriter<byte> output)
    {
    }
}
