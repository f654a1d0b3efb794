using Orrery.Resources.Schema;
using Orrery.Resources.Standard;

namespace Orrery.Resources.Store;

/// <summary>
/// Starts a store that holds a CustomResourceDefinition for each of our kinds and nothing else, so that definitions are listed and watched as
/// everything is. They are made anew with each start of the program and never written.
/// </summary>
/// <param name="since">Their creation time.</param>
public sealed class DefinitionLog(DateTimeOffset since) : IChangeLog
{
    public LoadedLog Load() => new(
        1, [.. Kinds.All.Where(k => k.Group == Kinds.Group).Select(k => Document.From(CustomResourceDefinitions.Served(k, since)))], []);

    public void Append(IReadOnlyList<Change> changes)
        => throw new InvalidOperationException($"{CustomResourceDefinition.Kind} cannot be written.");

    public void Dispose()
    {
    }
}
