using System.Globalization;
using Orrery.Cli.Client;
using Orrery.Resources.Demand;

namespace Orrery.Cli.Status;

/// <summary>What gateways saw of all services at one moment.</summary>
/// <param name="Stamp">On the clock of this program.</param>
/// <param name="Values">By namespace, service and metric.</param>
internal sealed record DemandReading(long Stamp, IReadOnlyDictionary<(string Namespace, string Service, string Metric), long> Values)
{
    // What is shown. Each is a request for each namespace.
    private static readonly DemandMetric[] Asked = [DemandMetric.InFlight, DemandMetric.Waiting, DemandMetric.Tokens, DemandMetric.LastUsed];

    public long? Value(string ns, string service, DemandMetric metric) => Values.TryGetValue((ns, service, metric.Name), out long value) ? value : null;

    /// <returns>Null: the server does not tell.</returns>
    public static async Task<DemandReading?> ReadAsync(ResourceClient client, IReadOnlyList<string> namespaces, TimeProvider time, CancellationToken ct)
    {
        long stamp = time.GetTimestamp();
        var values = new Dictionary<(string, string, string), long>();
        bool told = namespaces.Count == 0;
        foreach (string ns in namespaces)
        {
            var lists = await Task.WhenAll(Asked.Select(m => ResourceUse.FindAsync(client, m.Path(Uri.EscapeDataString(ns), DemandMetric.AllServices), ct)));
            foreach (var item in lists.SelectMany(l => l?["items"]?.AsArray() ?? []))
            {
                if (long.TryParse(item!["value"]?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
                    values[(ns, $"{item["describedObject"]?["name"]}", $"{item["metricName"]}")] = value;
            }
            told |= lists.Any(l => l is not null);
        }
        return told ? new DemandReading(stamp, values) : null;
    }
}
