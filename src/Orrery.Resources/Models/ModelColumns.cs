namespace Orrery.Resources.Models;

/// <summary>One set of columns, so that namespaced and cluster models list alike.</summary>
internal static class ModelColumns
{
    /// <summary>How the files are coming; weights have these too.</summary>
    public static IReadOnlyList<PrinterColumn> Coming { get; } =
    [
        new("State", "string", ".status.state", "Ready once the files are here and understood."),
        new("Progress", "string", ".status.download.progress", "How far the files are on their way; empty when none are."),
    ];

    public static IReadOnlyList<PrinterColumn> All { get; } =
    [
        ..Coming,
        new("Architecture", "string", ".status.architecture", "As the files name it."),
        new("Parameters", "integer", ".status.parameters", "Number of weights."),
        new("Quantization", "string", ".status.quantization", "The type most weights have."),
        new("Context", "integer", ".status.contextTokens", "Context length in tokens."),
        new("Size", "integer", ".status.sizeBytes", "Bytes of all files."),
    ];
}
