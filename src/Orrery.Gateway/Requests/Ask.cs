using System.Text.Json;
using System.Text.Unicode;
using Orrery.Wire.OpenAI;

namespace Orrery.Gateway.Requests;

/// <summary>What the gateway must know of a request's body. The rest is never interpreted and so never changed.</summary>
internal abstract record Ask
{
    private const int MaxDepth = 128;

    /// <param name="ModelAt">Where the body has the model's name, with its quotes.</param>
    /// <param name="PromptBytes">Of what the model is to read, as it stands in the body.</param>
    public sealed record For(string Model, bool Stream, Range ModelAt, long PromptBytes) : Ask;

    public sealed record Refused(OpenAIError Error) : Ask;

    /// <summary>
    /// One forward pass over the whole body. Only the outer object's own fields count. A field given twice is refused: the replica might
    /// read the other one, and then a key would reach a model that was never checked.
    /// </summary>
    public static Ask Read(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
            return new Refused(OpenAIError.InvalidJson("The body is not valid UTF-8."));
        try
        {
            return ReadJson(body);
        }
        catch (JsonException e)
        {
            return new Refused(OpenAIError.InvalidJson($"The body is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}."));
        }
        catch (InvalidOperationException e) when (e.Source == "System.Text.Json.Rethrowable")
        {
            // An escape such as \ud800 alone is JSON by its grammar but no text; the source is how the library marks that it is the input's fault.
            return new Refused(OpenAIError.InvalidJson("A field's name or 'model' escapes half of a surrogate pair."));
        }
    }

    private static Ask ReadJson(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return new Refused(OpenAIError.InvalidJson("The body must be a JSON object."));

        string? model = null;
        Range modelAt = default;
        long promptBytes = 0;
        bool? stream = null;
        OpenAIError? problem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isModel = reader.ValueTextEquals("model"u8);
            bool isStream = !isModel && reader.ValueTextEquals("stream"u8);
            bool isPrompt = !isModel && !isStream
                && (reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("input"u8));
            reader.Read();
            long start = reader.TokenStartIndex;
            if (isModel)
            {
                problem ??= model is null ? null : OpenAIError.Invalid("model", "'model' is given twice.");
                if (reader.TokenType == JsonTokenType.String)
                    (model, modelAt) = (reader.GetString(), (int)start..(int)reader.BytesConsumed);
                else
                    problem ??= OpenAIError.Invalid("model", "'model' must be a string.");
            }
            else if (isStream)
            {
                problem ??= stream is null ? null : OpenAIError.Invalid("stream", "'stream' is given twice.");
                stream = reader.TokenType == JsonTokenType.True;
            }
            reader.Skip();
            if (isPrompt)
                promptBytes += reader.BytesConsumed - start;
        }
        // What follows the object must be nothing but space.
        reader.Read();

        if (string.IsNullOrEmpty(model))
            problem ??= OpenAIError.Invalid("model", "'model' must be set. GET /v1/models lists what there is.");
        return problem is null ? new For(model!, stream ?? false, modelAt, promptBytes) : new Refused(problem);
    }
}
