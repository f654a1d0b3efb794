using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Cli.Status;

/// <summary>A home at a glance, for programs. Bytes, processors and tokens per second are numbers; what the server does not tell is left out. Pure.</summary>
internal static class HomeStatusJson
{
    public static JsonObject Of(HomeStatus status) => Present(new()
    {
        ["time"] = Time(status.At),
        ["version"] = status.Version,
        ["home"] = status.Home,
        ["since"] = Time(status.Since),
        ["gateway"] = status.Gateway?.ToString().TrimEnd('/'),
        ["server"] = status.Server.ToString().TrimEnd('/'),
        ["machines"] = new JsonArray([.. status.Machines.Select(Machine)]),
        ["acceleratorsUsed"] = status.AcceleratorsUsed,
        ["services"] = new JsonArray([.. status.Services.Select(Service)]),
        ["missing"] = new JsonArray([.. status.Missing.Select(m => (JsonNode)m)]),
    });

    private static JsonObject Machine(MachineStatus machine) => Present(new()
    {
        ["name"] = machine.Name,
        ["processors"] = machine.Processors,
        ["processorsUsed"] = Rounded(machine.Use?.Processors),
        ["memoryBytes"] = machine.MemoryBytes,
        ["memoryUsedBytes"] = machine.Use?.MemoryBytes,
        ["accelerators"] = machine.Accelerators,
    });

    private static JsonObject Service(ServiceStatus service) => Present(new()
    {
        ["namespace"] = service.Namespace,
        ["name"] = service.Name,
        ["model"] = service.Model,
        ["runtime"] = service.Runtime,
        ["external"] = service.External,
        ["readyReplicas"] = service.Ready,
        ["wantedReplicas"] = service.Wanted,
        ["memoryBytes"] = service.Use?.MemoryBytes,
        ["processors"] = Rounded(service.Use?.Processors),
        ["inFlight"] = service.InFlight,
        ["waiting"] = service.Waiting,
        ["tokensPerSecond"] = Rounded(service.TokensPerSecond),
        ["lastUsed"] = Time(service.LastUsed),
        ["state"] = service.State,
        ["message"] = service.Message.Length > 0 ? service.Message : null,
    });

    private static JsonObject Present(JsonObject json) => new(json.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 3) : null;

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
