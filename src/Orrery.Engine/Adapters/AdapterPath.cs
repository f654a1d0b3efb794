namespace Orrery.Engine.Adapters;

/// <summary>An adapter to load beside a model.</summary>
/// <param name="Name">By which requests choose it.</param>
/// <param name="Path">Folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, as PEFT writes them.</param>
public sealed record AdapterPath(string Name, string Path)
{
    /// <summary>More in one process take memory that nobody watches.</summary>
    public const int Most = 64;

    private const int MaxNameChars = 200;

    internal static IEnumerable<string> Problems(IReadOnlyList<AdapterPath> adapters)
    {
        if (adapters.Count > Most)
            yield return $"engine.adapters: {adapters.Count} are given; at most {Most} can be loaded";
        foreach (var adapter in adapters)
        {
            if (adapter.Name.Length is 0 or > MaxNameChars || adapter.Name.Any(char.IsControl))
                yield return $"engine.adapters: a name of {adapter.Name.Length} characters for '{adapter.Path}'; 1 to {MaxNameChars} are possible, without control characters";
            if (adapter.Path.Length == 0)
                yield return $"engine.adapters: '{adapter.Name}' has no path";
        }
        foreach (var twice in adapters.GroupBy(adapter => adapter.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"engine.adapters: '{twice.Key}' is there {twice.Count()} times; each adapter needs a name of its own";
    }
}
