using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads.Pods;

/// <summary>The Pod that shows a replica. Pure: it changes only when the replica does.</summary>
internal static class ReplicaPods
{
    public const string ManagedByLabel = "orrery.dev/managed-by";
    public const string ManagedBy = ReplicaSlices.ManagedBy;
    public const string RevisionLabel = "orrery.dev/revision";

    /// <summary>Keeps a deleted pod until its process has ended.</summary>
    public const string Finalizer = "orrery.dev/process";

    // What container runtimes give a process that a signal ended, and one that could not be started.
    private const int SignalBase = 128;

    private static string? ImageOf(Workload workload) => workload.Process?.Command[0] ?? workload.Container?.Image;

    public static PodDocument For(Replica replica, string? node)
    {
        var workload = replica.Workload;
        var pod = new Pod
        {
            Metadata = new Metadata
            {
                Name = replica.Name,
                Namespace = workload.Key.Namespace,
                Labels = Labels(workload),
                OwnerReferences = [workload.Owner],
                Finalizers = [Finalizer],
            },
            Spec = new PodSpec
            {
                Containers =
                [
                    new Container
                    {
                        Name = workload.Component,
                        Image = ImageOf(workload),
                        Command = workload.Process?.Command ?? workload.Container?.Command,
                        WorkingDir = workload.Process is { } process ? process.WorkingDirectory : workload.Container?.WorkingDirectory,
                    },
                ],
                RestartPolicy = "Always",
                TerminationGracePeriodSeconds = (long)workload.DrainTimeout.TotalSeconds,
                NodeName = node,
                HostNetwork = true,
            },
            Status = Status(replica),
        };
        return new PodDocument(Document.From(pod), replica.IsLeaving);
    }

    private static SortedDictionary<string, string> Labels(Workload workload)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in workload.Labels)
            labels[name] = value;
        labels[Pod.WorkloadLabel] = workload.Key.Name;
        labels[ManagedByLabel] = ManagedBy;
        labels[RevisionLabel] = workload.Revision;
        return labels;
    }

    private static PodStatus Status(Replica replica)
    {
        bool ready = replica.Phase == ReplicaPhase.Ready, runs = replica.Phase != ReplicaPhase.Waiting && replica.RunId.Length > 0;
        string container = replica.Workload.Component;
        return new PodStatus
        {
            Phase = runs || replica.LastEnd is not null ? "Running" : "Pending",
            Conditions =
            [
                new PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = replica.CreatedAt },
                new PodCondition { Type = "Initialized", Status = "True", LastTransitionTime = replica.CreatedAt },
                ReadyCondition("ContainersReady", replica, container),
                ReadyCondition("Ready", replica, container),
            ],
            PodIP = replica.Address is ReplicaAddress.Port ? "127.0.0.1" : null,
            StartTime = replica.CreatedAt,
            ContainerStatuses =
            [
                new ContainerStatus
                {
                    Name = container,
                    Ready = ready,
                    Started = runs,
                    RestartCount = replica.Restarts,
                    Image = ImageOf(replica.Workload),
                    ImageID = "",
                    ContainerID = ContainerId(runs ? replica.RunId : replica.LastEnd?.RunId),
                    State = State(replica, runs),
                    LastState = !IsEndShownAsState(replica, runs) && replica.LastEnd is { } end ? new ContainerState { Terminated = Terminated(end, "") } : null,
                },
            ],
            QosClass = "BestEffort",
        };
    }

    private static PodCondition ReadyCondition(string type, Replica replica, string container) => replica.Phase == ReplicaPhase.Ready
        ? new PodCondition { Type = type, Status = "True", LastTransitionTime = replica.ReadyChangedAt }
        : new PodCondition
        {
            Type = type,
            Status = "False",
            Reason = "ContainersNotReady",
            Message = $"containers with unready status: [{container}]{(replica.Message.Length == 0 ? "" : $": {replica.Message}")}",
            LastTransitionTime = replica.ReadyChangedAt,
        };

    private static ContainerState State(Replica replica, bool runs)
    {
        if (runs)
            return new ContainerState { Running = new ContainerStateRunning { StartedAt = replica.StartedAt } };
        if (replica.Held is { } held)
            return new ContainerState { Waiting = new ContainerStateWaiting { Reason = held.Reason, Message = held.Message } };
        if (replica.LastEnd is not { } end)
            return new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ContainerCreating" } };
        return IsEndShownAsState(replica, runs)
            ? new ContainerState { Terminated = Terminated(end, replica.Message) }
            : new ContainerState { Waiting = new ContainerStateWaiting { Reason = "CrashLoopBackOff", Message = replica.Message } };
    }

    /// <summary>After a long good run it starts again at once; only repeated failures wait.</summary>
    private static bool IsEndShownAsState(Replica replica, bool runs) => !runs && replica is { LastEnd: not null, Failures: 0, Held: null };

    private static ContainerStateTerminated Terminated(RunEnd end, string message) => new()
    {
        ExitCode = end.Code ?? SignalBase + (end.Signal ?? 0),
        Signal = end.Signal,
        Reason = end.Reason,
        Message = message.Length == 0 ? null : message,
        StartedAt = end.StartedAt,
        FinishedAt = end.FinishedAt,
        ContainerID = ContainerId(end.RunId),
    };

    /// <param name="run"><c>NAMESPACE/WORKLOAD/REPLICA/ID</c></param>
    private static string? ContainerId(string? run) => run is { Length: > 0 } ? $"process://{run[(run.LastIndexOf('/') + 1)..]}" : null;
}

/// <param name="IsLeaving">It is shown as terminating until its process has ended.</param>
internal sealed record PodDocument(Document Document, bool IsLeaving);
