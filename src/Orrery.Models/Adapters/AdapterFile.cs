using Orrery.Models.Json;
using Orrery.Models.Safetensors;
using Orrery.Tensors;

namespace Orrery.Models.Adapters;

/// <summary>
/// A LoRA adapter as PEFT writes it: a folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. Opening reads headers; the weights
/// stay mapped until it is disposed of.
/// </summary>
public sealed class AdapterFile : IDisposable
{
    private const string ConfigName = "adapter_config.json", WeightsName = "adapter_model.safetensors", Prefix = "base_model.model.", ModelPrefix = "model.";

    private static readonly string[] ASuffixes = [".lora_A.weight", ".lora_A.default.weight"], BSuffixes = [".lora_B.weight", ".lora_B.default.weight"];

    private readonly SafetensorsFiles _files;

    private AdapterFile(string path)
    {
        Path = path;
        var config = LoraConfig.Read(JsonFile.Read(System.IO.Path.Combine(path, ConfigName)));
        _files = new SafetensorsFiles(path, WeightsName);
        try
        {
            Modules = Pair(config);
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    /// <summary>The folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>In the order of their names; at least one.</summary>
    public IReadOnlyList<AdapterModule> Modules { get; }

    /// <summary>The type that most weights have, as safetensors name it: <c>BF16</c>.</summary>
    public string WeightType => Modules.SelectMany(m => (SafetensorsTensor[])[m.A, m.B]).GroupBy(t => t.TypeName).OrderByDescending(g => g.Sum(t => t.Weights)).ThenBy(g => g.Key, StringComparer.Ordinal).First().Key;

    /// <summary>Of the weights, without headers.</summary>
    public long WeightBytes => Modules.Sum(m => m.A.Bytes + m.B.Bytes);

    /// <summary>Of the file with the weights.</summary>
    public long FileBytes => new FileInfo(System.IO.Path.Combine(Path, WeightsName)).Length;

    /// <summary>Whether the folder is an adapter's, be it a sound one or not.</summary>
    public static bool IsMeant(string path) => File.Exists(System.IO.Path.Combine(path, ConfigName));

    /// <exception cref="InvalidModelFileException">Not there, damaged, no LoRA adapter, or one with something that is not computed.</exception>
    public static AdapterFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path)
            ? new AdapterFile(path)
            : throw new InvalidModelFileException(path, "the adapter", File.Exists(path) ? "is a file" : "does not exist", $"Give the path of a folder with {ConfigName} and {WeightsName}.");
    }

    /// <summary>A as f32.</summary>
    /// <param name="to">[rank, cols], overwritten.</param>
    public void ReadA(AdapterModule module, Span<float> to)
    {
        ArgumentNullException.ThrowIfNull(module);
        Read(module.A, module.Rank, module.Cols, to);
    }

    /// <summary>B as f32.</summary>
    /// <param name="to">[rows, rank], overwritten.</param>
    public void ReadB(AdapterModule module, Span<float> to)
    {
        ArgumentNullException.ThrowIfNull(module);
        Read(module.B, module.Rows, module.Rank, to);
    }

    /// <summary>What a caller throws when a module has no place in its base: the message names the tensor.</summary>
    public InvalidModelFileException NoPlace(AdapterModule module, string architecture)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Invalid(module.A, $"has no place in the {architecture} architecture", "Use an adapter that was made for this base.");
    }

    /// <summary>What a caller throws when the base has another shape; null when it has this one.</summary>
    /// <param name="rows">Of the base's weights.</param>
    /// <param name="cols">Of the base's weights.</param>
    public InvalidModelFileException? Misfit(AdapterModule module, int rows, int cols)
    {
        ArgumentNullException.ThrowIfNull(module);
        InvalidModelFileException Wrong(SafetensorsTensor tensor, int first, int second)
            => Invalid(tensor, $"has shape {tensor.ShapeText}; the base asks for [{first}, {second}]", "Use an adapter that was made for this base.");

        return module.Cols != cols ? Wrong(module.A, module.Rank, cols) : module.Rows != rows ? Wrong(module.B, rows, module.Rank) : null;
    }

    public void Dispose() => _files.Dispose();

    private List<AdapterModule> Pair(LoraConfig config)
    {
        var pairs = new SortedDictionary<string, (SafetensorsTensor? A, SafetensorsTensor? B)>(StringComparer.Ordinal);
        foreach (var tensor in _files.Tensors.Values)
        {
            bool isA = StemOf(tensor.Name, ASuffixes) is not null;
            if ((StemOf(tensor.Name, ASuffixes) ?? StemOf(tensor.Name, BSuffixes)) is not { } module)
                throw Invalid(tensor, "is neither A nor B of a linear map; other parts of adapters are not implemented", "Merge the adapter into its base with PEFT and use the merged model.");
            var known = pairs.GetValueOrDefault(module);
            if ((isA ? known.A : known.B) is { } twice)
                throw Invalid(tensor, $"is there as {InvalidModelFileException.Quote(twice.Name)} too", "Save the adapter again.");
            pairs[module] = isA ? (tensor, known.B) : (known.A, tensor);
        }
        if (pairs.Count == 0)
            throw new InvalidModelFileException(System.IO.Path.Combine(Path, WeightsName), "the header", "names no tensors", "Save the adapter again.");
        return [.. pairs.Select(pair => ModuleOf(pair.Key, pair.Value.A, pair.Value.B, config))];
    }

    private AdapterModule ModuleOf(string name, SafetensorsTensor? a, SafetensorsTensor? b, LoraConfig config)
    {
        if (a is null || b is null)
            throw Invalid((a ?? b)!, $"stands alone: lora_{(a is null ? "A" : "B")} of the same module is missing", "Save the adapter again.");
        foreach (var tensor in (SafetensorsTensor[])[a, b])
        {
            if (tensor.Type is not { HasKernels: true })
                throw Invalid(tensor, $"has type {tensor.TypeName}", "Use an adapter with F32, F16 or BF16 weights.");
            if (tensor.Shape.Length != 2 || tensor.Shape.Any(extent => extent is < 1 or > int.MaxValue / sizeof(float)) || tensor.Weights > Array.MaxLength)
                throw Invalid(tensor, $"has shape {tensor.ShapeText}, which is none of a linear map", "Save the adapter again.");
        }
        int rank = config.RankOf(name);
        if (a.Shape[0] != rank || b.Shape[1] != rank)
        {
            var wrong = a.Shape[0] != rank ? a : b;
            throw Invalid(wrong, $"has shape {wrong.ShapeText}; {ConfigName} says that its rank is {rank}", "Get both files of the same adapter.");
        }
        return new AdapterModule(InsideBase(name), a, b, config.ScaleOf(name));
    }

    private static string? StemOf(string name, string[] suffixes)
        => name.StartsWith(Prefix, StringComparison.Ordinal) && suffixes.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal)) is { } found && name.Length > Prefix.Length + found.Length
            ? name[Prefix.Length..^found.Length]
            : null;

    /// <summary>Bases with a head and without one differ in a prefix.</summary>
    private static string InsideBase(string module) => module.StartsWith(ModelPrefix, StringComparison.Ordinal) ? module[ModelPrefix.Length..] : module;

    private void Read(SafetensorsTensor tensor, int rows, int cols, Span<float> to)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(to.Length, rows * cols);
        var matrix = new Matrix(tensor.Type!, rows, cols, _files.At(tensor), tensor.Bytes);
        for (int row = 0; row < rows; row++)
            matrix.CopyRow(row, to.Slice(row * cols, cols));
    }

    private InvalidModelFileException Invalid(SafetensorsTensor tensor, string problem, string nextStep)
        => new(_files.PathOf(tensor), "tensor " + InvalidModelFileException.Quote(tensor.Name), problem, nextStep);
}
