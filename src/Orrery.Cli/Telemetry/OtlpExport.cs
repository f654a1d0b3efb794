using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Orrery.Cli.Telemetry;

/// <summary>
/// Sends traces, metrics and logs of this process to a collector, by OTLP in protobuf over HTTP. The parts below know nothing of it: they have sources of
/// spans, meters and loggers, as .NET has them. What the collector does not take is lost; nothing waits for it.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    // At the end of the process too, once for each of the three.
    private const int SendBoundMs = 3000;

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly ILoggerFactory _logs;

    private OtlpExport(TelemetrySettings settings, string service)
    {
        var resource = ResourceBuilder.CreateDefault()
            .AddService(service, serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString(3), serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}");
        void To(OtlpExporterOptions options, string signal)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri($"{settings.OtlpEndpoint.TrimEnd('/')}/v1/{signal}");
            options.TimeoutMilliseconds = SendBoundMs;
        }
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Orrery.*")
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceRatio)))
            .AddOtlpExporter(options => To(options, "traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("Orrery.*")
            .AddOtlpExporter(options => To(options, "metrics")).Build();
        _logs = LoggerFactory.Create(logging => logging.AddOpenTelemetry(otlp =>
        {
            otlp.IncludeFormattedMessage = true;
            otlp.SetResourceBuilder(resource).AddOtlpExporter(options => To(options, "logs"));
        }));
        Logs = new Forwarding(_logs);
    }

    /// <summary>For every logger factory of the process. Not to be disposed of by them.</summary>
    public ILoggerProvider Logs { get; }

    /// <param name="service">What the process is, as <c>service.name</c>.</param>
    /// <returns>Null: nothing is to be sent.</returns>
    public static OtlpExport? Start(TelemetrySettings settings, string service) => settings.OtlpEndpoint.Length == 0 ? null : new OtlpExport(settings, service);

    /// <summary>Sends what is not sent yet, within a bound.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
        _logs.Dispose();
    }

    private sealed class Forwarding(ILoggerFactory to) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => to.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
