using Orrery.Resources;
using Orrery.Resources.Standard;

namespace Orrery.Api.Tests;

/// <summary>A pod as the workload runtime writes it.</summary>
internal static class SamplePod
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static Pod Ready() => new()
    {
        Metadata = new Metadata
        {
            Name = "stories-engine-0",
            Namespace = "default",
            Labels = new Dictionary<string, string> { [Pod.WorkloadLabel] = "stories-engine", ["orrery.dev/inferenceservice"] = "stories" },
        },
        Spec = new PodSpec
        {
            Containers = [new Container { Name = "engine", Image = "orrery", Command = ["orrery", "engine"] }],
            NodeName = "box",
            RestartPolicy = "Always",
        },
        Status = new PodStatus
        {
            Phase = "Running",
            StartTime = Start,
            Conditions = [new PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Start }],
            ContainerStatuses =
            [
                new ContainerStatus
                {
                    Name = "engine", Ready = true, Started = true, RestartCount = 0, Image = "orrery", ImageID = "",
                    State = new ContainerState { Running = new ContainerStateRunning { StartedAt = Start } },
                },
            ],
        },
    };
}
