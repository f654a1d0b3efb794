namespace Orrery.Resources.Models;

/// <summary>One set of columns, so that namespaced and cluster models list alike.</summary>
internal static class ModelColumns
{
    public static IReadOnlyList<PrinterColumn> All { get; } =
    [
        new("State", "string", ".status.state", "Ready once the files are here and understood."),
        new("Progress", "string", ".status.download.progress", "How far the files are on their way; empty when none are."),
        new("Architecture", "string", ".status.architecture", "As the files name it."),
        new("Parameters", "integer", ".status.parameters", "Number of weights."),
        new("Quantization", "string", ".status.quantization", "The type most weights have."),
        new("Context", "integer", ".status.contextTokens", "Context length in tokens."),
        new("Size", "integer", ".status.sizeBytes", "Bytes of all files."),
    ];
}
