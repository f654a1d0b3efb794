using System.Text.Json;
using Orrery.Models.Json;

namespace Orrery.Models.Safetensors;

/// <summary>Where a model's folder keeps its chat template.</summary>
internal static class ChatTemplateFiles
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Null where there is none.</summary>
    public static string? Read(string folder)
    {
        string path = Path.Combine(folder, "chat_template.jinja");
        try
        {
            if (File.Exists(path))
            {
                return new FileInfo(path).Length <= MaxBytes
                    ? File.ReadAllText(path)
                    : throw new InvalidModelFileException(path, "the file", $"has more than {MaxBytes} bytes", InvalidModelFileException.GetItAgain);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelFileException(path, "the file", $"cannot be read ({e.Message})", "Check its permissions.", e);
        }
        return JsonFile.TryRead(Path.Combine(folder, "tokenizer_config.json"))?.Find("chat_template") is { } template ? Of(template) : null;
    }

    /// <summary>One text, or several with names of which <c>default</c> is meant.</summary>
    private static string? Of(JsonPart template)
    {
        if (template.Kind != JsonValueKind.Array)
            return template.Text();
        foreach (var item in template.Items())
        {
            if (item.Get("name").Text() == "default")
                return item.Get("template").Text();
        }
        return null;
    }
}
