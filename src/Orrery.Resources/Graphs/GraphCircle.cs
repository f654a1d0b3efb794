namespace Orrery.Resources.Graphs;

/// <summary>Finds ways that lead back to where they began. Pure; each node is looked at once.</summary>
internal static class GraphCircle
{
    /// <returns>The names from the node to itself; null: there is no such way.</returns>
    public static IReadOnlyList<string>? Through(string start, IReadOnlyDictionary<string, GraphNode> nodes)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out string? at))
        {
            foreach (string next in nodes.GetValueOrDefault(at)?.Steps?.Select(s => s.NodeName).OfType<string>() ?? [])
            {
                if (next == start)
                    return Way(start, at, cameFrom);
                if (cameFrom.TryAdd(next, at))
                    open.Enqueue(next);
            }
        }
        return null;
    }

    private static List<string> Way(string start, string last, Dictionary<string, string> cameFrom)
    {
        List<string> way = [start];
        for (string at = last; at != start; at = cameFrom[at])
            way.Insert(0, at);
        way.Insert(0, start);
        return way;
    }
}
