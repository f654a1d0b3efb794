using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Store;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Tests;

/// <summary>
/// <c>scribble FILE ACKED…</c>: writes to a store without end, to be killed at it. There are as many writers as numbers; each has one
/// object and does one step after the other to it, from the one after its number. It says what it found, then each step when the store has
/// acknowledged it: <c>found WRITER STEP|none</c>, <c>done WRITER STEP</c>.
/// </summary>
internal static class Scribbler
{
    public static async Task<int> RunAsync(string path, string[] acknowledged)
    {
        await using var store = new ResourceStore(new SqliteChangeLog(path, NullLogger<SqliteChangeLog>.Instance), TimeProvider.System);
        await store.EnsureNamespaceAsync(Namespace.Default, CancellationToken.None);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(acknowledged.Select((step, writer) => Task.Run(() => WriteAsync(store, writer, int.Parse(step), output))));
        return 0;
    }

    /// <summary>What there is after a step: null for no object. Each object is made, changed twice and removed, over and over.</summary>
    public static int? After(int step) => step % 4 == 3 || step < 0 ? null : step;

    private static async Task WriteAsync(ResourceStore store, int writer, int acknowledged, TextWriter output)
    {
        var key = Secret.Kind.Key(Namespace.Default, $"writer-{writer}");
        var found = await store.GetAsync(key, CancellationToken.None);
        await output.WriteLineAsync($"found {writer} {(found is null ? "none" : StepOf(found))}");
        // An object that is not there is made next, whichever of its removals it was.
        for (int step = found is null ? (acknowledged + 4) / 4 * 4 : StepOf(found) + 1; ; step++)
        {
            await StepAsync(store, key, step);
            await output.WriteLineAsync($"done {writer} {step}");
        }
    }

    private static async Task StepAsync(ResourceStore store, ResourceKey key, int step)
    {
        switch (step % 4)
        {
            case 0:
                (await store.CreateAsync(At(new Metadata { Name = key.Name, Namespace = key.Namespace }, step), CancellationToken.None)).Stored();
                break;
            case 3:
                (await store.DeleteAsync(key, Preconditions.None, CancellationToken.None)).Stored();
                break;
            default:
                (await store.UpdateAsync(At((await store.GetAsync(key, CancellationToken.None))!.Metadata, step), CancellationToken.None)).Stored();
                break;
        }
    }

    private static Document At(Metadata metadata, int step)
        => Document.From(new Secret { Metadata = metadata with { Annotations = new Dictionary<string, string> { ["step"] = $"{step}" } } });

    private static int StepOf(Document document) => int.Parse(document.Metadata.Annotations!["step"]);
}
