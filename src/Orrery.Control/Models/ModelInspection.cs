namespace Orrery.Control.Models;

/// <summary>What looking at a model's files found.</summary>
public abstract record ModelInspection
{
    /// <param name="Parameters">Weights, from the tensors' shapes.</param>
    public sealed record Understood(
        string Path, string Format, string Architecture, string Quantization, long Parameters, int ContextTokens, long SizeBytes) : ModelInspection;

    /// <summary>No file where the spec says.</summary>
    public sealed record Missing(string Path) : ModelInspection;

    /// <summary>A file that is no model, or a broken one. The message names file, place and value.</summary>
    public sealed record Broken(string Path, string Message) : ModelInspection;
}
