using System.Globalization;
using System.Text;

namespace Orrery.Wire.Metrics;

/// <summary>
/// Metrics as Prometheus reads them: text exposition format 0.0.4. Every <c>/metrics</c> of Orrery is written here, whatever its numbers are counted with:
/// it lies with the other wire formats, below everything that has something to show, and knows only the records that it writes.
/// <code>
///   # HELP name what it is
///   # TYPE name counter
///   name{label="value"} 12
/// </code>
/// </summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <exception cref="ArgumentException">A name is none that Prometheus accepts, comes twice, or a sample is not of its family's kind.</exception>
    public static string Of(IEnumerable<MetricFamily> families)
    {
        ArgumentNullException.ThrowIfNull(families);
        var text = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var family in families)
        {
            if (!IsName(family.Name))
                throw new ArgumentException($"'{family.Name}' is no name of a metric: letters, digits and underscores, no digit first", nameof(families));
            if (!seen.Add(family.Name))
                throw new ArgumentException($"'{family.Name}' comes twice: all its samples belong into one family", nameof(families));
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escaped(family.Help, quoted: false)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(Word(family.Kind)).Append('\n');
            foreach (var sample in family.Samples)
                Append(text, family, sample);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, MetricFamily family, MetricSample sample)
    {
        switch (sample)
        {
            case MetricSample.Number number when family.Kind != MetricKind.Histogram:
                AppendLine(text, family.Name, number.Labels, null, number.Value);
                break;
            case MetricSample.Distribution distribution when family.Kind == MetricKind.Histogram && distribution.Counts.Count == distribution.Bounds.Count + 1:
                long count = 0;
                for (int i = 0; i < distribution.Counts.Count; i++)
                {
                    count += distribution.Counts[i];
                    double bound = i < distribution.Bounds.Count ? distribution.Bounds[i] : double.PositiveInfinity;
                    AppendLine(text, family.Name + "_bucket", distribution.Labels, bound, count);
                }
                AppendLine(text, family.Name + "_sum", distribution.Labels, null, distribution.Sum);
                AppendLine(text, family.Name + "_count", distribution.Labels, null, count);
                break;
            default:
                throw new ArgumentException($"'{family.Name}' is a {Word(family.Kind)} and has a sample that is none: {sample}", nameof(sample));
        }
    }

    /// <param name="bound">Of a bucket.</param>
    private static void AppendLine(StringBuilder text, string name, IReadOnlyList<MetricLabel> labels, double? bound, double value)
    {
        text.Append(name);
        string between = "{";
        foreach (var label in bound is { } upper ? labels.Append(new MetricLabel("le", Number(upper))) : labels)
        {
            if (!IsName(label.Name) || (label.Name == "le" && bound is null))
                throw new ArgumentException($"'{label.Name}' of {name} is no name of a label", nameof(labels));
            text.Append(between).Append(label.Name).Append("=\"").Append(Escaped(label.Value, quoted: true)).Append('"');
            between = ",";
        }
        text.Append(between == "," ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),         // NaN is spelt NaN
    };

    private static string Escaped(string text, bool quoted)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quoted ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    // Colons are allowed too, but belong to the rules of a Prometheus server, and its linter refuses them here.
    private static bool IsName(string name)
        => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Word(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
