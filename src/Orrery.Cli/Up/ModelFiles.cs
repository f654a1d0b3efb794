using Orrery.Cli.Inspecting;
using Orrery.Control.Models;
using Orrery.Engine;
using Orrery.Models;
using Orrery.Models.Adapters;
using Orrery.Models.Understanding;
using Orrery.Resources;
using Orrery.Resources.Models;

namespace Orrery.Cli.Up;

/// <summary>Looks at model files and folders on this machine: headers alone, no weights.</summary>
internal static class ModelFiles
{
    /// <summary>For an object of the kind: a FineTunedWeight may be a LoRA adapter, or have the base merged in and be a model itself.</summary>
    /// <param name="storageUri">A <c>file://</c> or <c>local://</c> address.</param>
    public static ModelInspection Inspect(ResourceKind kind, string storageUri) => Inspect(storageUri, kind == FineTunedWeight.Kind ? Weights : Model);

    private static ModelInspection Inspect(string storageUri, Func<string, ModelInspection> read)
    {
        string path = StorageUri.LocalPath(storageUri) ?? throw new ArgumentException($"'{storageUri}' is no path of this machine", nameof(storageUri));
        if (!Path.Exists(path))
            return MayBeEscaped(path) ? new ModelInspection.Broken(path, $"{Absent(path)} Paths are read as they are written: %20 stands for itself, not for a space.") : new ModelInspection.Missing(path);
        try
        {
            return read(path);
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

    private static ModelInspection Model(string path)
    {
        var summary = ModelSummary.Read(path);
        return summary.Format is null
            ? new ModelInspection.Broken(path, $"{path}: there is a config and no weights. Get all files of the model.")
            : new ModelInspection.Understood(FoundModel.Status(path, summary));
    }

    private static ModelInspection Weights(string path)
    {
        if (!AdapterFile.IsMeant(path))
            return Model(path);
        using var adapter = AdapterFile.Open(path);
        return new ModelInspection.Understood(FoundModel.Status(adapter));
    }

    /// <summary>The one line that says why this file cannot be served; null when it can.</summary>
    public static string? Problem(string path) => Inspect("file://" + path, Model) switch
    {
        ModelInspection.Missing => Absent(path),
        ModelInspection.Broken broken => broken.Message,
        _ => null,
    };

    /// <summary>Whether the model makes embeddings: its status says so, or the engine does. False for those that cannot be read: what is wrong with them is told elsewhere.</summary>
    public static bool IsForEmbeddings(string path)
    {
        try
        {
            return ModelSummary.Read(path).Capabilities is [ModelCapability.Embedding, ..] || LocalEmbeddingModel.IsMeant(path);
        }
        catch (Exception e) when (e is InvalidModelFileException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What is said of a model file that is not there, whoever asked for it.</summary>
    public static string Absent(string path) => $"There is no model file '{path}'.";

    // Files may well have such names, so only one that is not there is looked at.
    private static bool MayBeEscaped(string path) => Uri.UnescapeDataString(path) != path;
}
