using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;
using Orrery.Resources.Validation;

namespace Orrery.Resources.Benchmarks;

/// <summary>Puts load on a service or address, one combination of scenario and concurrency after another, and keeps what it measured.</summary>
public sealed record BenchmarkJob : Resource, IResource<BenchmarkJob>
{
    /// <summary>What is asked for.</summary>
    [Required]
    public BenchmarkJobSpec Spec { get; init => field = value ?? new(); } = new();

    /// <summary>What was last observed. Losing it loses nothing.</summary>
    public BenchmarkJobStatus? Status { get; init; }

    public override IEnumerable<string> Problems() => Spec.Problems();

    public static JsonTypeInfo<BenchmarkJob> View => ResourceJson.Default.BenchmarkJob;

    public static ResourceKind Kind { get; } = new()
    {
        Group = Kinds.Group,
        Version = Kinds.Version,
        Name = "BenchmarkJob",
        Plural = "benchmarkjobs",
        ShortNames = ["bj"],
        Namespaced = true,
        HasStatus = true,
        Columns =
        [
            new("Service", "string", ".spec.endpoint.inferenceService.name", "What is measured."),
            new("Task", "string", ".spec.task", "What is asked of it."),
            new("State", "string", ".status.state", "How far it is."),
            ..PrinterColumn.Accepted,
        ],
        View = ResourceJson.Default.BenchmarkJob,
        Problems = document => Shape.Problems<BenchmarkJob>(document),
    };
}
