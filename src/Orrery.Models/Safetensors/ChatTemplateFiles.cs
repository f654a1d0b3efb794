using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Orrery.Models.Json;
using Orrery.Models.Understanding.Abilities;

namespace Orrery.Models.Safetensors;

/// <summary>Where a model's folder keeps its chat templates.</summary>
internal static class ChatTemplateFiles
{
    private const int MaxBytes = 1 << 20, MaxTemplates = 64;
    private const string Default = "default", Key = "chat_template", Suffix = ".jinja";

    /// <summary>The one that is meant where none is named. Null where there is none.</summary>
    public static string? Read(string folder)
        => ReadFile(Path.Combine(folder, Key + Suffix)) ?? Listed(folder).FirstOrDefault(template => template.Name == Default)?.Source;

    /// <summary>All, the default one first. A file of its own counts more than what the tokenizer's settings hold.</summary>
    public static ImmutableArray<NamedTemplate> ReadAll(string folder)
    {
        var all = new List<NamedTemplate>();
        if (ReadFile(Path.Combine(folder, Key + Suffix)) is { } own)
            all.Add(new NamedTemplate(Default, own));
        string others = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(others))
            all.AddRange(Directory.EnumerateFiles(others, "*" + Suffix).Order(StringComparer.Ordinal).Take(MaxTemplates).Select(path => new NamedTemplate(Path.GetFileNameWithoutExtension(path), ReadFile(path) ?? "")));
        all.AddRange(Listed(folder));
        return [.. all.DistinctBy(template => template.Name).OrderBy(template => template.Name != Default)];
    }

    /// <summary>In the tokenizer's settings, else in those of what prepares pictures and sound.</summary>
    private static IEnumerable<NamedTemplate> Listed(string folder)
        => (JsonFile.TryRead(Path.Combine(folder, "tokenizer_config.json"))?.Find(Key) ?? JsonFile.TryRead(Path.Combine(folder, "chat_template.json"))?.Find(Key)) is { } template ? Of(template) : [];

    /// <summary>One text, or several with names.</summary>
    private static IEnumerable<NamedTemplate> Of(JsonPart template) => template.Kind == JsonValueKind.Array
        ? template.Items().Take(MaxTemplates).Select(item => new NamedTemplate(item.Get("name").Text(), item.Get("template").Text()))
        : [new NamedTemplate(Default, template.Text())];

    private static string? ReadFile(string path) => SmallFiles.BytesOf(path, MaxBytes) is { } utf8 ? Encoding.UTF8.GetString(utf8.Span).TrimStart('\uFEFF') : null;
}
