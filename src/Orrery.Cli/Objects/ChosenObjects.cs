using Orrery.Cli.Client;
using Orrery.Cli.Connections;

namespace Orrery.Cli.Objects;

/// <summary>The objects that a command is about: by name, or of whole kinds by <c>--all</c> and <c>--selector</c>.</summary>
internal static class ChosenObjects
{
    /// <exception cref="CliException">The words and options do not go together.</exception>
    public static async Task<IReadOnlyList<ObjectName>> OfAsync(ApiSession session, IReadOnlyList<string> words, string ns, bool all, string? labels, CancellationToken ct)
    {
        if (!all && labels is null)
            return await session.ResolveAsync(c => ObjectWords.Objects(words, c, ", or choose with --all or --selector"), ct);
        if (ObjectWords.NameObjects(words))
            throw new CliException("--all and --selector choose among whole kinds; leave out the names.");
        if (all && labels is not null)
            throw new CliException("--all takes every object and --selector some. Leave one of them out.");
        List<ObjectName> objects = [];
        foreach (var kind in await session.ResolveAsync(c => ObjectWords.Kinds(words[0], c), ct))
        {
            var list = await session.Client.ListAsync(kind, new ListQuery(ns, labels), ct);
            objects.AddRange(list["items"]!.AsArray().Select(i => new ObjectName(kind, i!["metadata"]!["name"]!.ToString())));
        }
        return objects;
    }
}
