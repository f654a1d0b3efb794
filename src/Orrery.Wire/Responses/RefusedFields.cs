using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>Fields of a response that change what is answered and that nothing here does: any value but the neutral one is refused by name.</summary>
internal static class RefusedFields
{
    private static readonly string[] OnlyTheirs = ["conversation", "prompt"];

    // Of the last ones nothing is ever there to include, and of encrypted reasoning its text is.
    private static readonly string[] Includable =
    [
        "message.output_text.logprobs", "message.input_image.image_url", "reasoning.encrypted_content", "file_search_call.results", "web_search_call.results",
        "web_search_call.action.sources", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
    ];

    public static void Check(FieldReader fields)
    {
        foreach (string name in OnlyTheirs.Where(name => fields.Any(name) is not null))
            fields.Refuse(name, $"'{name}' works at OpenAI's own service alone. Leave it out; 'previous_response_id' goes on with a conversation.", "unsupported_value");
        if (fields.Flag("background"))
            fields.Refuse("background", "'background' is true, and every response is made while its client waits. Leave it out.", "unsupported_value");
        if (fields.Text("truncation") is { } truncation and not "disabled")
            fields.Refuse("truncation", $"'truncation' is '{truncation}', and nothing is left out of a conversation here. Leave it out, and send what fits the model's context.", "unsupported_value");
        foreach (string include in fields.TextOrTexts("include").Where(include => !Includable.Contains(include)))
            fields.Refuse("include", $"'include' holds '{include}'; it may hold {string.Join(", ", Includable)}.");
        CheckMetadata(fields);
    }

    private static void CheckMetadata(FieldReader fields)
    {
        const int MaxPairs = 16, MaxKey = 64, MaxValue = 512;
        if (fields.Any("metadata") is not { } metadata)
            return;
        bool sound = metadata.ValueKind == JsonValueKind.Object && metadata.EnumerateObject().Count() <= MaxPairs
            && metadata.EnumerateObject().All(pair => pair.Name.Length <= MaxKey && pair.Value.ValueKind == JsonValueKind.String && pair.Value.GetString()!.Length <= MaxValue);
        if (!sound)
            fields.Refuse("metadata", $"'metadata' must be an object of at most {MaxPairs} strings, each name of at most {MaxKey} characters and each value of at most {MaxValue}.");
    }
}
