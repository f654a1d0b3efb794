namespace Orrery.Resources.Runtimes;

/// <summary>One set of columns, so that namespaced and cluster runtimes list alike.</summary>
internal static class RuntimeColumns
{
    public static IReadOnlyList<PrinterColumn> All { get; } =
    [
        new("Disabled", "boolean", ".spec.disabled", "True: never chosen."),
        new("Formats", "string", ".spec.supportedModelFormats[*].modelFormat.name", "Model formats that it serves."),
    ];
}
