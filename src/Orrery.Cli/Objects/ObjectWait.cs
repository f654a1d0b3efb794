using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Discovery;

namespace Orrery.Cli.Objects;

/// <summary>Waits until something holds for an object, by watching it.</summary>
internal sealed class ObjectWait(ResourceClient client, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="holds">Of the object as it is now; null: it is not there.</param>
    /// <param name="within">Zero: looked at once.</param>
    /// <returns>False: the time was over before it held.</returns>
    public async Task<bool> UntilAsync(ApiResource kind, string ns, string name, Func<JsonObject?, bool> holds, TimeSpan within, CancellationToken ct)
    {
        var query = new ListQuery(ns).Named(name);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (within > TimeSpan.Zero)
            late.CancelAfter(within < MaxTimer ? within : MaxTimer);
        try
        {
            while (true)
            {
                var list = await client.ListAsync(kind, query, late.Token);
                if (holds(list["items"]?.AsArray().FirstOrDefault() as JsonObject))
                    return true;
                if (within <= TimeSpan.Zero)
                    return false;
                await foreach (var change in client.WatchAsync(kind, query, list["metadata"]?["resourceVersion"]?.ToString(), late.Token))
                {
                    string type = change["type"]!.ToString();
                    if (type == "ERROR")
                        break;
                    if (type != "BOOKMARK" && holds(type == "DELETED" ? null : change["object"]!.AsObject()))
                        return true;
                }
                // The server ended the watch, or knows no longer where it began: looked at anew.
                await Task.Delay(Pause, time, late.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(24);
}
