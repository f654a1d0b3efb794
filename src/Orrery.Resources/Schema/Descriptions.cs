using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Orrery.Resources.Schema;

/// <summary>
/// Docstrings at run time. The compiler writes them to a file beside the assembly, where a single file or native program has none; so
/// <c>Descriptions.json</c> is made from that file, compiled in, and held equal to it by a test (<c>UPDATE_EXPECTED=1</c> writes it anew).
/// </summary>
internal static class Descriptions
{
    private const string File = "Orrery.Resources.Schema.Descriptions.json";

    private static readonly Lazy<FrozenDictionary<string, string>> Texts = new(Read);

    /// <summary>Of a property, else of the record that it holds.</summary>
    public static string? Of(MemberInfo? property, Type value)
        => (property?.DeclaringType is { } type ? Texts.Value.GetValueOrDefault($"{Name(type)}.{property.Name}") : null) ?? Of(value);

    public static string? Of(Type record) => Texts.Value.GetValueOrDefault(Name(record));

    /// <summary>As documentation files name a record, without the namespace that all share.</summary>
    private static string Name(Type type) => (type.FullName ?? "").Replace("Orrery.Resources.", "", StringComparison.Ordinal);

    private static FrozenDictionary<string, string> Read()
    {
        using var stream = typeof(Descriptions).Assembly.GetManifestResourceStream(File)
            ?? throw new InvalidOperationException($"{File} is not compiled in.");
        using var json = JsonDocument.Parse(stream);
        return json.RootElement.EnumerateObject().ToFrozenDictionary(p => p.Name, p => p.Value.GetString()!);
    }
}
