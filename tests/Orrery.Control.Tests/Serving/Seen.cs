using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>Observations of one service <c>s</c> in <c>default</c> that serves model <c>m</c>, for tests to vary.</summary>
internal static class Seen
{
    public static DateTimeOffset Now { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static ProcessSpec Process { get; } = new() { Command = ["serve", "--model", "$(MODEL_PATH)", "--port", "$(PORT)"] };

    public static RuntimeSpec Runtime { get; } = new()
    {
        Process = Process,
        SupportedModelFormats = [new SupportedModelFormat { ModelFormat = new FormatSpec { Name = "gguf" } }],
    };

    public static InferenceServiceSpec Spec { get; } = new() { Model = new ModelReference { Name = "m" } };

    public static ObservedModel Model { get; } = new(
        "ClusterBaseModel", "m", new ModelSpec(), new ModelStatus { State = "Ready", Path = "/models/m.gguf", Format = "gguf", SizeBytes = 1_050_000_000 });

    public static ServiceObservation Of(InferenceServiceSpec? spec = null, RuntimeSpec? runtime = null, ObservedModel? model = null, ServingPlace? place = null, params WorkloadState[] running)
    {
        var service = new InferenceService { Metadata = new Metadata { Name = "s", Namespace = "default", Uid = "uid-1", Generation = 3 }, Spec = spec ?? Spec };
        return new ServiceObservation(
            Document.From(service), service, model ?? Model, [new RuntimeCandidate("ClusterServingRuntime", "r", runtime ?? Runtime)], ServiceDemand.None, Now)
        {
            Place = place,
            Workloads = running.ToDictionary(w => w.Key.Name["s-".Length..]),
        };
    }

    /// <summary>Replicas that answer, of the workload as it was planned.</summary>
    public static WorkloadState Ready(Workload workload, params string[] addresses) => new(
        workload.Key, workload.Revision, addresses.Length,
        [.. addresses.Select((a, i) => new ReplicaState($"{workload.Key.Name}-{i}", workload.Revision, ReplicaPhase.Ready, 0, "", a, Now))]);

    public static ServiceObservation Remembering(this ServiceObservation seen, ServicePlan plan) => seen with { Service = seen.Service with { Status = plan.Status } };

    public static Condition Find(this ServicePlan plan, string type) => plan.Status.Conditions.Find(type)!;
}
