using System.Globalization;
using Orrery.Cli.Client;

namespace Orrery.Cli.Telemetry;

/// <summary>Section <c>telemetry</c> of a home's settings: where traces, metrics and logs are sent.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>The setting's name in the environment, where replicas find it: they are children of <c>up</c>.</summary>
    private const string Variable = "ORRERY_TELEMETRY__OTLPENDPOINT";

    /// <summary>http or https address of an OpenTelemetry collector that speaks OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>. Default empty: nothing is sent.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>Share of the requests that are traced, 0 to 1, of those whose client sent no trace of its own; that one's choice holds. Default 1: all.</summary>
    public double TraceRatio { get; init; } = 1;

    /// <summary>What the process that started this one has handed down.</summary>
    /// <exception cref="CliException">It is no address.</exception>
    public static TelemetrySettings Inherited()
    {
        var settings = new TelemetrySettings { OtlpEndpoint = Environment.GetEnvironmentVariable(Variable) ?? "" };
        return settings.Problems().FirstOrDefault() is { } problem ? throw new CliException($"variable {Variable}: {problem}") : settings;
    }

    /// <summary>To all processes that this one starts from here on.</summary>
    public void HandDown() => Environment.SetEnvironmentVariable(Variable, OtlpEndpoint.Length == 0 ? null : OtlpEndpoint);

    public IEnumerable<string> Problems()
    {
        bool isAddress = Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        if (isAddress && address!.UserInfo.Length + address.Query.Length > 0)
            yield return "telemetry.otlpEndpoint: it must be an address alone, without user and query; keys go into the variable OTEL_EXPORTER_OTLP_HEADERS";
        else if (OtlpEndpoint.Length > 0 && !isAddress)
            yield return $"telemetry.otlpEndpoint: '{OtlpEndpoint}' must be an address such as http://127.0.0.1:4318";
        if (TraceRatio is not (>= 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"telemetry.traceRatio: {TraceRatio} must be between 0 and 1");
    }
}
