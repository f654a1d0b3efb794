using Orrery.Models.Tokenizers;
using Orrery.Tensors;

namespace Orrery.Models;

/// <summary>An opened model, in whichever form it comes. Weights stay mapped; matrices end with it.</summary>
public interface IModelSource : IDisposable
{
    /// <summary>As it was given: a file or a folder.</summary>
    string Path { get; }

    /// <summary><c>gguf</c> or <c>safetensors</c>.</summary>
    string Format { get; }

    /// <summary>From the metadata, else the name of the file without extension, or of the folder.</summary>
    string Name { get; }

    /// <summary>As the files name it: <c>general.architecture</c>, or <c>model_type</c> of the config.</summary>
    /// <exception cref="InvalidModelFileException">They do not.</exception>
    string Architecture { get; }

    /// <summary>Of all files with weights.</summary>
    long FileBytes { get; }

    /// <summary>The source that reads the files: this one, unless it only stands before another.</summary>
    IModelSource Origin => this;

    /// <summary>
    /// Of the stored weights. What only describes other tensors (scales of quantization) is not among them, nor are further names of
    /// a tensor, under which <see cref="Find"/> and <see cref="Matrix"/> find it too.
    /// </summary>
    IEnumerable<string> TensorNames { get; }

    /// <summary>Whether <see cref="Matrix"/> finds something under this name.</summary>
    bool Has(string name);

    /// <summary>Jinja source; null where there is none.</summary>
    string? ChatTemplate { get; }

    /// <summary>What the header says about a tensor; null when there is none of this name.</summary>
    TensorSummary? Find(string name);

    /// <summary>The weights of a tensor of which the caller knows the shape.</summary>
    /// <param name="shape">
    /// Slowest first: [cols] a vector, [rows, cols], or [experts, rows, cols], which becomes experts * rows rows. Leading extents of 1
    /// count for nothing.
    /// </param>
    /// <exception cref="InvalidModelFileException">It is missing, has another shape, or a type without kernels.</exception>
    Matrix Matrix(string name, params ReadOnlySpan<int> shape);

    /// <summary>The rows of a tensor as f32, converted one by one where they are not stored plainly.</summary>
    /// <exception cref="InvalidModelFileException">It is missing, or has a type without kernels.</exception>
    WeightRows Rows(string name);

    /// <param name="vocabulary">The model's, which may be larger than the tokenizer's.</param>
    Tokenizer ReadTokenizer(int vocabulary);

    /// <summary>What a caller throws when a tensor will not do.</summary>
    InvalidModelFileException Invalid(string tensor, string problem, string nextStep);
}
