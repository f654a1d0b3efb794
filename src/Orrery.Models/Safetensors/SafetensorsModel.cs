using Orrery.Models.Json;
using Orrery.Models.Tokenizers;
using Orrery.Tensors;

namespace Orrery.Models.Safetensors;

/// <summary>
/// A model as Hugging Face lays it out: weights in one safetensors file or in shards with an index, beside <c>config.json</c> and
/// <c>tokenizer.json</c>. Only headers are read; the weights stay mapped.
/// </summary>
public sealed class SafetensorsModel : IModelSource
{
    internal const string Extension = ".safetensors", SingleName = "model.safetensors", IndexName = "model.safetensors.index.json";

    private readonly SafetensorsFiles _files;
    private readonly WeightLoader _loader;
    private readonly Dictionary<string, WeightForm> _forms;
    private readonly Dictionary<string, string> _aliases;

    private SafetensorsModel(string path, string folder, string? single)
    {
        (Path, Folder) = (path, folder);
        var config = JsonFile.Read(System.IO.Path.Combine(folder, "config.json"));
        Config = new ModelConfig(config);
        _files = new SafetensorsFiles(folder, single);
        try
        {
            _forms = WeightForms.Of(_files.Tensors, QuantizationConfig.Read(config), Config.Text("model_type"));
            _aliases = WeightForms.Aliases(_files.Notes, _forms);
            _loader = new WeightLoader(_files);
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Where config and tokenizer lie.</summary>
    public string Folder { get; }

    public string Format => "safetensors";

    /// <summary>By where its folder lies.</summary>
    public string Name => FolderNames.Of(Folder);

    public string Architecture => Config.Text("model_type") ?? throw Config.Missing("model_type");

    public long FileBytes => _files.Bytes;

    public ModelConfig Config { get; }

    public IEnumerable<string> TensorNames => _forms.Keys;

    /// <summary>From <c>chat_template.jinja</c>, else from <c>tokenizer_config.json</c>.</summary>
    public string? ChatTemplate => ChatTemplateFiles.Read(Folder);

    /// <summary>What sentence-transformers does with a text, from <c>modules.json</c>. Empty: the model says nothing of it.</summary>
    public IReadOnlyList<SentenceModule> SentenceModules => SentenceModule.Read(Folder);

    /// <exception cref="InvalidModelFileException">Not there, damaged, or without its config.</exception>
    public static SafetensorsModel Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            return new SafetensorsModel(path, path, File.Exists(System.IO.Path.Combine(path, IndexName)) ? null : SingleName);

        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        string name = System.IO.Path.GetFileName(path);

        // One shard of several is meant as the whole.
        bool isShard = name.Contains("-of-", StringComparison.Ordinal) && File.Exists(System.IO.Path.Combine(folder, IndexName));
        return new SafetensorsModel(path, folder, name.EndsWith(IndexName, StringComparison.Ordinal) || isShard ? null : name);
    }

    public bool Has(string name) => FormOf(name) is not null;

    public TensorSummary? Find(string name) => FormOf(name)?.Summary;

    /// <inheritdoc/>
    public Matrix Matrix(string name, params ReadOnlySpan<int> shape)
    {
        var form = Usable(name);
        return TensorShape.Rows(shape) is { } rows && TensorShape.Fits(form.Shape.AsSpan(), shape)
            ? _loader.Load(form, rows, shape[^1])
            : throw Invalid(name, $"has shape [{string.Join(", ", form.Shape)}]; the config asks for {TensorShape.Text(shape)}", "Get all files of the model.");
    }

    public WeightRows Rows(string name)
    {
        var form = Usable(name);
        return TensorShape.Wanted(form.Shape.AsSpan()) is var shape && TensorShape.Rows(shape) is { } rows
            ? _loader.Rows(form, rows, shape[^1])
            : throw Invalid(name, $"has shape [{string.Join(", ", form.Shape)}], which is no matrix", "Get all files of the model.");
    }

    public Tokenizer ReadTokenizer(int vocabulary) => Tokenizer.FromJson(Folder, vocabulary);

    public InvalidModelFileException Invalid(string tensor, string problem, string nextStep)
        => new(FormOf(tensor) is { } form ? _files.PathOf(form.Stored) : Path, "tensor " + InvalidModelFileException.Quote(tensor), problem, nextStep);

    public void Dispose()
    {
        _loader.Dispose();
        _files.Dispose();
    }

    /// <summary>Everything stored under every name that it has, for who writes it again.</summary>
    internal IEnumerable<(string Name, WeightForm Form)> Stored => _forms.Select(form => (form.Key, form.Value)).Concat(_aliases.Select(alias => (alias.Key, _forms[alias.Value])));

    /// <summary>The tensor's bytes as they are.</summary>
    internal void CopyBytes(SafetensorsTensor tensor, Stream to) => _files.CopyBytes(tensor, to);

    internal static bool IsIn(string folder) => File.Exists(System.IO.Path.Combine(folder, SingleName)) || File.Exists(System.IO.Path.Combine(folder, IndexName));

    private WeightForm? FormOf(string name) => _forms.GetValueOrDefault(_aliases.GetValueOrDefault(name, name));

    /// <summary>What a matrix can be made of.</summary>
    private WeightForm Usable(string name) => FormOf(name) switch
    {
        null => throw Invalid(name, "is missing", "Get all files of the model."),
        WeightForm.Refused refused => throw Invalid(name, refused.Problem, refused.NextStep),
        { Type: not { HasKernels: true } } form => throw Invalid(name, $"has type {form.TypeName}", "Use a model with F32, F16, BF16, F8_E4M3 or F8_E5M2 weights."),
        var form => form,
    };
}
