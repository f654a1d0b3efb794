using System.Globalization;
using System.Text;
using Orrery.Cli.Output;
using Orrery.Resources.Text;

namespace Orrery.Cli.Status;

/// <summary>A home at a glance, for people: what it is, its machines, a row for each service. Pure.</summary>
internal static class HomeStatusText
{
    private const string Unknown = "-";
    private const int MaxReasons = 10, ReasonLength = 200;

    /// <param name="namespaces">Whether there is a column of them.</param>
    public static string Of(HomeStatus status, bool namespaces)
    {
        var text = new StringBuilder();
        text.Append("Orrery").Append(status.Version is { } version ? $" {version}" : "");
        if (status.Since is { } since)
            text.Append($", up {Age.Text(Past(since, status.At))}");
        if (status.Home is { } home)
            text.Append($", home {home}");
        text.Append('\n');
        if (status.Gateway is { } gateway)
            text.Append($"gateway {Plain(gateway)}, ");
        text.Append($"API {Plain(status.Server)}\n");
        foreach (var machine in status.Machines)
            text.Append(MachineLine(machine)).Append('\n');
        if (status.Machines.Sum(m => m.Accelerators) is > 0 and var accelerators)
            text.Append($"accelerators {status.AcceleratorsUsed} of {accelerators}\n");
        foreach (string missing in status.Missing)
            text.Append($"not shown: {missing}\n");
        text.Append('\n').Append(Services(status, namespaces));
        return text.ToString();
    }

    private static string Services(HomeStatus status, bool namespaces)
    {
        if (status.Services.Count == 0)
            return "No services. Create one with: orrery apply -f FILE\n";
        string[] header = ["NAME", "MODEL", "RUNTIME", "REPLICAS", "MEMORY", "CPU", "IN FLIGHT", "WAITING", "TOKENS/S", "LAST USED", "STATE"];
        var rows = status.Services.Select(s => (IReadOnlyList<string>)[.. namespaces ? [s.Namespace] : (string[])[], .. Cells(s, status.At)]);
        return TextTable.Render([.. namespaces ? ["NAMESPACE"] : (string[])[], .. header], [.. rows]) + Reasons(status.Services, namespaces);
    }

    /// <summary>A line for each service that is not ready, where there are any.</summary>
    private static string Reasons(IReadOnlyList<ServiceStatus> services, bool namespaces)
    {
        var waiting = services.Where(s => s.Message.Length > 0).ToList();
        if (waiting.Count == 0)
            return "";
        var lines = waiting.Take(MaxReasons).Select(s => $"{(namespaces ? $"{s.Namespace}/" : "")}{s.Name}: {Excerpt.Of(s.Message.ReplaceLineEndings(" "), ReasonLength)}\n");
        return $"\n{string.Concat(lines)}{(waiting.Count > MaxReasons ? Number($"and {waiting.Count - MaxReasons} more\n") : "")}";
    }

    private static string[] Cells(ServiceStatus service, DateTimeOffset now) =>
    [
        service.Name,
        service.Model.Length > 0 ? service.Model : Unknown,
        service.Runtime.Length > 0 ? service.Runtime : Unknown,
        service.External ? Unknown : Number($"{service.Ready}/{service.Wanted}"),
        service.External || service.Use is not { } use ? Unknown : Quantity.Bytes(use.MemoryBytes),
        service.External || service.Use is not { } time ? Unknown : ResourceUse.Text(time.Processors),
        Number(service.InFlight),
        Number(service.Waiting),
        service.TokensPerSecond is { } tokens ? tokens.ToString("0.0", CultureInfo.InvariantCulture) : Unknown,
        LastUsed(service, now),
        service.State,
    ];

    private static string LastUsed(ServiceStatus service, DateTimeOffset now) => service switch
    {
        { InFlight: null } => Unknown,
        { InFlight: > 0 } or { Waiting: > 0 } => "now",
        { LastUsed: { } last } => $"{Age.Text(Past(last, now))} ago",
        _ => "never",
    };

    private static string MachineLine(MachineStatus machine)
    {
        string processors = machine.Processors is { } all ? $"{Number(all)} processors" : "processors";
        if (machine.Use is not { } use)
            return $"{machine.Name}: {processors}{(machine.MemoryBytes is { } memory ? $", {Quantity.Bytes(memory)} memory" : "")}";
        string share = machine.Processors is > 0 and var count ? $" ({Percent(use.Processors / count)})" : "";
        string ofMemory = machine.MemoryBytes is > 0 and var bytes ? $" of {Quantity.Bytes(bytes)} ({Percent((double)use.MemoryBytes / bytes)})" : "";
        return $"{machine.Name}: {processors}, {ResourceUse.Text(use.Processors)} used{share}; memory {Quantity.Bytes(use.MemoryBytes)}{ofMemory} used";
    }

    private static string Plain(Uri address) => address.ToString().TrimEnd('/');

    // Clocks of two machines differ a little.
    private static TimeSpan Past(DateTimeOffset then, DateTimeOffset now) => now > then ? now - then : TimeSpan.Zero;

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    private static string Number(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? Unknown;

    private static string Number(FormattableString text) => FormattableString.Invariant(text);
}
