using System.Text.Json;
using Orrery.Models.Json;

namespace Orrery.Models.Safetensors;

/// <summary>One step from a text to its embedding, as sentence-transformers writes steps down in <c>modules.json</c>.</summary>
public sealed class SentenceModule
{
    // A transformer, a pooling, a normalisation; some have a few layers between.
    private const int Most = 64;

    private readonly JsonPart _type;

    private SentenceModule(string folder, JsonPart json)
    {
        _type = json.Get("type");
        Kind = _type.Text().Split('.')[^1];
        if (json.TextOf("path") is not { Length: > 0 } path)
            return;
        if (path is "." or ".." || path.AsSpan().ContainsAny('/', '\\', '\0'))
            throw json.Get("path").Invalid("is no name of a folder beside this file");
        if (JsonFile.TryRead(Path.Combine(folder, path, "config.json")) is { } config)
            Config = new ModelConfig(config);
    }

    /// <summary>The last part of its type: <c>Transformer</c>, <c>Pooling</c>, <c>Normalize</c>.</summary>
    public string Kind { get; }

    /// <summary>Its own settings; null where it has none.</summary>
    public ModelConfig? Config { get; }

    /// <summary>What a caller throws when the step will not do.</summary>
    public InvalidModelFileException Invalid(string problem, string nextStep) => _type.Invalid(problem, nextStep);

    internal static IReadOnlyList<SentenceModule> Read(string folder)
    {
        if (JsonFile.TryRead(Path.Combine(folder, "modules.json"), JsonValueKind.Array) is not { } list)
            return [];
        if (list.Count() > Most)
            throw list.Invalid($"has {list.Count()} steps; at most {Most} are read");
        return [.. list.Items().Select(step => new SentenceModule(folder, step))];
    }
}
