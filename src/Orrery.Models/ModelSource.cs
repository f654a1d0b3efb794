using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;

namespace Orrery.Models;

/// <summary>Opens a model in any of its forms.</summary>
public static class ModelSource
{
    /// <summary>Reads headers only, whatever the size of the model.</summary>
    /// <param name="path">
    /// A GGUF file, or any part of a split one; a <c>.safetensors</c> file with <c>config.json</c> and <c>tokenizer.json</c> beside it; the index of a sharded one; or a
    /// folder with any of these.
    /// </param>
    /// <exception cref="InvalidModelFileException">Not there, damaged, or not a model.</exception>
    public static IModelSource Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Directory.Exists(path))
            return path.EndsWith(SafetensorsModel.Extension, StringComparison.Ordinal) || path.EndsWith(SafetensorsModel.IndexName, StringComparison.Ordinal)
                ? SafetensorsModel.Open(path)
                : GgufFile.Open(path);
        if (SafetensorsModel.IsIn(path))
            return SafetensorsModel.Open(path);

        string[] found;
        try
        {
            found = Directory.GetFiles(path, "*.gguf");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidModelFileException(path, "the folder", $"cannot be read ({e.Message})", "Check its permissions.", e);
        }

        // The parts of a split model are one.
        var models = found.ToLookup(file => GgufPartName.Parse(Path.GetFileName(file)) is { } part ? part with { Number = 1 } : (object)file);
        return models.Count == 1
            ? GgufFile.Open(models.Single().Order(StringComparer.Ordinal).First())
            : throw new InvalidModelFileException(
                path,
                "the folder",
                models.Count == 0 ? "holds no model" : $"holds {models.Count} GGUF models",
                "Give the path of a .gguf file, or of a folder with model.safetensors and config.json.");
    }
}
