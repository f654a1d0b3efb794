using System.Buffers;

namespace Orrery.Wire.Translation;

/// <summary>
/// Makes one answer into that of another API, as it passes. One object for one request, asked by one thread at a time: either
/// <see cref="Whole"/> once, or <see cref="Event"/> for each event and <see cref="End"/> once.
/// </summary>
public interface IAnswerTranslation
{
    /// <param name="answer">One that is not streamed, as OpenAI's API has it. UTF-8.</param>
    /// <returns>JSON in UTF-8.</returns>
    /// <exception cref="System.Text.Json.JsonException">It is not one.</exception>
    byte[] Whole(ReadOnlyMemory<byte> answer);

    /// <summary>Writes what follows from one event: whole events, or nothing.</summary>
    /// <param name="data">Of the event, UTF-8: a chunk of an answer, or an object with <c>error</c>, after which no more follows. Never <c>[DONE]</c>.</param>
    /// <exception cref="System.Text.Json.JsonException">It is neither.</exception>
    void Event(ReadOnlyMemory<byte> data, IBufferWriter<byte> output);

    /// <summary>Writes what ends the stream. Also called after an error.</summary>
    void End(IBufferWriter<byte> output);
}
