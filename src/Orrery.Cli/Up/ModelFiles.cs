using Orrery.Control.Models;
using Orrery.Models;
using Orrery.Resources.Models;

namespace Orrery.Cli.Up;

/// <summary>Looks at model files on this machine: the header alone, no weights.</summary>
internal static class ModelFiles
{
    public static ModelInspection Inspect(string storageUri)
    {
        if (StorageUri.LocalPath(storageUri) is not { } path)
            return new ModelInspection.Unsupported(storageUri);
        if (!File.Exists(path))
            return new ModelInspection.Missing(path);
        try
        {
            var summary = ModelSummary.Read(path);
            return new ModelInspection.Understood(
                path, "gguf", summary.Architecture, summary.Quantization, summary.Parameters, summary.ContextTokens, summary.FileBytes);
        }
        catch (InvalidModelFileException e)
        {
            return new ModelInspection.Broken(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ModelInspection.Broken(path, $"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>The one line that says why this file cannot be served; null when it can.</summary>
    public static string? Problem(string path) => Inspect("file://" + path) switch
    {
        ModelInspection.Missing => $"There is no model file '{path}'.",
        ModelInspection.Broken broken => broken.Message,
        _ => null,
    };
}
