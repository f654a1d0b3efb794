namespace Orrery.Wire.Metrics;

/// <summary>How an instrument of a <see cref="System.Diagnostics.Metrics.Meter"/> is shown to Prometheus. Its description is the help.</summary>
/// <param name="Instrument">Its name in the meter: <c>gen_ai.server.time_to_first_token</c>.</param>
/// <param name="Name">Of the family: <c>orrery_gateway_time_to_first_token_seconds</c>.</param>
public sealed record MetricView(string Instrument, string Name);
