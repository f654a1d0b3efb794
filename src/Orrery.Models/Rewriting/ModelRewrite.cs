using Orrery.Models.Gguf;
using Orrery.Models.Quantization;
using Orrery.Models.Safetensors;

namespace Orrery.Models.Rewriting;

/// <summary>Writes a model again in its own form with some tensors changed: same types, everything else as it was, one tensor at a time.</summary>
public static class ModelRewrite
{
    private const string NextStep = "Use the model's F32, F16 or BF16 files, or a GGUF file of it.";

    // What stands beside the weights and is read with them; other weights are not.
    private static readonly string[] CopiedExtensions = [".json", ".jinja", ".model", ".txt", ".tiktoken"];

    /// <param name="changes">What becomes of a tensor's rows, by its name; asked for when the tensor is written.</param>
    /// <param name="path">Of the GGUF file, or of the folder for safetensors. It appears whole, or not at all.</param>
    /// <exception cref="InvalidModelFileException">A tensor has a type that cannot be written again.</exception>
    /// <exception cref="IOException">Something is there already, or there is no such folder, no permission or no room.</exception>
    public static void Write(IModelSource model, IReadOnlyDictionary<string, Func<WeightRows, WeightRows>> changes, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(changes);
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.Exists(path))
            throw new IOException($"'{path}' is there already. Give another name.");
        switch (model)
        {
            case GgufFile file:
                GgufWriter.Write(path, [.. GgufQuantize.MetadataOf(file.Metadata)], [.. file.Header.Tensors.Values.Select(tensor => TensorOf(file, tensor, changes))]);
                break;
            case SafetensorsModel folder:
                WriteFolder(folder, [.. folder.Stored.Select(stored => TensorOf(folder, stored.Name, stored.Form, changes))], path);
                break;
            default:
                throw new ArgumentException($"A {model.Format} model is of no known kind.", nameof(model));
        }
    }

    private static TensorToWrite TensorOf(GgufFile model, GgufTensor tensor, IReadOnlyDictionary<string, Func<WeightRows, WeightRows>> changes)
    {
        if (!changes.TryGetValue(tensor.Name, out var change))
            return new TensorToWrite(tensor.Name, tensor.Type, tensor.SlowestFirst, to => model.CopyBytes(tensor, to));
        return Encoded(model, tensor.Name, model.Find(tensor.Name)!, change);
    }

    private static TensorToWrite TensorOf(SafetensorsModel model, string name, WeightForm form, IReadOnlyDictionary<string, Func<WeightRows, WeightRows>> changes)
    {
        // Tensors of no type that is known here, or with scales beside them, would come out as something else.
        if (form is not (WeightForm.Plain or WeightForm.Transposed) || form.Type is not { HasKernels: true } type)
            throw model.Invalid(name, $"has type {form.TypeName}, which cannot be written", NextStep);
        if (!changes.TryGetValue(name, out var change))
            return new TensorToWrite(name, type, form.Stored.Shape, to => model.CopyBytes(form.Stored, to));
        return form is WeightForm.Plain
            ? Encoded(model, name, form.Summary, change)
            : throw model.Invalid(name, "lies turned in its file, which cannot be written", NextStep);
    }

    private static TensorToWrite Encoded(IModelSource model, string name, TensorSummary tensor, Func<WeightRows, WeightRows> change)
        => tensor.Type is { } type
            ? EncodedTensor.Of(name, type, tensor.Shape, () => change(model.Rows(name)), (problem, next) => model.Invalid(name, problem, next))
            : throw model.Invalid(name, $"has type {tensor.TypeName}", WeightTypes.UseOneOf);

    private static void WriteFolder(SafetensorsModel model, IReadOnlyCollection<TensorToWrite> tensors, string path)
    {
        string staged = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            if (!Directory.Exists(Path.GetDirectoryName(path)))
                throw new IOException($"There is no folder for '{path}'. Make it first.");
            Directory.CreateDirectory(staged);
            SafetensorsWriter.Write(staged, tensors);
            foreach (string file in Directory.GetFiles(model.Folder).Where(IsCopied))
                File.Copy(file, Path.Combine(staged, Path.GetFileName(file)));
            Directory.Move(staged, path);
        }
        catch
        {
            if (Directory.Exists(staged))
                Directory.Delete(staged, recursive: true);
            throw;
        }
    }

    private static bool IsCopied(string file)
        => CopiedExtensions.Contains(Path.GetExtension(file), StringComparer.Ordinal) && !file.EndsWith(SafetensorsModel.IndexName, StringComparison.Ordinal);
}
