using Orrery.Models.Gguf;

namespace Orrery.Models;

/// <summary>What a model's headers say about it.</summary>
/// <param name="Name">From the metadata, else the name of the file without extension, or of the folder.</param>
/// <param name="Architecture">As the file names it: <c>llama</c>.</param>
/// <param name="Parameters">Weights in all tensors.</param>
/// <param name="ContextTokens">That the model was made for.</param>
/// <param name="Quantization">The type of most weights: <c>Q8_0</c>.</param>
/// <param name="FileBytes">Of all files with weights.</param>
/// <param name="Format"><c>gguf</c> or <c>safetensors</c>.</param>
public sealed record ModelSummary(
    string Name, string Architecture, long Parameters, int ContextTokens, string Quantization, long FileBytes, string Format)
{
    /// <summary>Reads headers only, whatever the size of the model.</summary>
    /// <param name="path">A file or a folder, see <see cref="ModelSource.Open"/>.</param>
    /// <exception cref="InvalidModelFileException">The file is not there, damaged, or not a model.</exception>
    public static ModelSummary Read(string path)
    {
        using var source = ModelSource.Open(path);
        return source.Summarize();
    }

    public static ModelSummary Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var metadata = file.Metadata;
        var tensors = file.Header.Tensors.Values;
        string architecture = metadata.Text("general.architecture") ?? throw metadata.Missing("general.architecture");
        string contextKey = architecture + ".context_length";
        long context = metadata.WholeNumber(contextKey, 1, int.MaxValue) ?? throw metadata.Missing(contextKey);
        string quantization = tensors.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.Weights))?.Key.Name
            ?? throw new InvalidModelFileException(file.Path, "the tensor table", "is empty", "This is a vocabulary, not a model: get the file with the weights.");
        return new ModelSummary(
            Name: metadata.Text("general.name") is { Length: > 0 } name ? name : GgufPartName.Parse(Path.GetFileName(file.Path))?.Name ?? Path.GetFileNameWithoutExtension(file.Path),
            architecture,
            Parameters: tensors.Sum(tensor => tensor.Weights),
            (int)context,
            quantization,
            file.Bytes,
            file.Format);
    }
}
