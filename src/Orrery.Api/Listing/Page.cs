using Orrery.Api.Selection;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Listing;

/// <summary>A part of a list, or all of it.</summary>
/// <param name="Continue">Gets the next page. Null: this was the last.</param>
/// <param name="Remaining">Objects after this page; null when there are none, or when they were not counted because of a selector.</param>
internal sealed record Page(string Version, IReadOnlyList<Document> Items, string? Continue = null, int? Remaining = null)
{
    /// <param name="list">Sorted by namespace, then name.</param>
    /// <param name="after">Null: from the beginning.</param>
    /// <param name="limit">Null: to the end.</param>
    public static Page Of(DocumentList list, ContinueToken? after, int? limit, ObjectSelection selection)
    {
        var all = list.Items;
        if (after is null && limit is null && selection.TakesAll)
            return new Page(list.ResourceVersion, all);

        var items = new List<Document>(Math.Min(limit ?? all.Count, all.Count));
        for (int i = after is null ? 0 : FirstAfter(all, after); i < all.Count; i++)
        {
            if (!selection.Takes(all[i]))
                continue;
            if (items.Count == limit)
            {
                var last = items[^1].Key;
                return new Page(
                    list.ResourceVersion, items, new ContinueToken(list.ResourceVersion, last.Namespace, last.Name).Encode(),
                    selection.TakesAll ? all.Count - i : null);
            }
            items.Add(all[i]);
        }
        return new Page(list.ResourceVersion, items);
    }

    private static int FirstAfter(IReadOnlyList<Document> sorted, ContinueToken token)
    {
        int low = 0, high = sorted.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Compare(sorted[middle].Key, token) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static int Compare(ResourceKey key, ContinueToken token)
        => string.CompareOrdinal(key.Namespace, token.Namespace) is var byNamespace and not 0 ? byNamespace : string.CompareOrdinal(key.Name, token.Name);
}
