using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>
/// The EndpointSlices of a workload. Replicas on sockets share one, <c>WORKLOAD-local</c>; a slice has one list of ports for all its
/// endpoints, so replicas on ports of their own get one each, <c>REPLICA-local</c>. Pure.
/// </summary>
internal static class ReplicaSlices
{
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    public const string ManagedBy = "orrery-process-runtime";

    public static IReadOnlyList<EndpointSlice> For(Workload workload, IEnumerable<Replica> replicas)
    {
        var serving = replicas.Where(r => r.ReadySince is not null && r.Phase is ReplicaPhase.Ready or ReplicaPhase.Stopping && r.Address is not null)
            .OrderBy(r => r.Name, StringComparer.Ordinal).ToList();
        var slices = new List<EndpointSlice>();
        var sockets = serving.Where(r => r.Address is ReplicaAddress.Socket).ToList();
        if (sockets.Count > 0 || ReplicaAddress.IsSocketFor(workload.Process))
            slices.Add(Slice(workload, $"{workload.Key.Name}-local", EndpointSlice.Unix, sockets, null));
        foreach (var replica in serving)
        {
            if (replica.Address is ReplicaAddress.Port { Number: var port })
                slices.Add(Slice(workload, $"{replica.Name}-local", EndpointSlice.IPv4, [replica], port));
        }
        return slices;
    }

    private static EndpointSlice Slice(Workload workload, string name, string addressType, IEnumerable<Replica> replicas, int? port) => new()
    {
        Metadata = new Metadata
        {
            Name = name,
            Namespace = workload.Key.Namespace,
            Labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [EndpointSlice.ServiceNameLabel] = workload.Key.Name,
                [ManagedByLabel] = ManagedBy,
            },
            OwnerReferences = [workload.Owner],
        },
        AddressType = addressType,
        Endpoints = [.. replicas.Select(r => EndpointOf(r, workload.Key.Namespace))],
        Ports = port is null ? [] : [new EndpointPort { Name = "http", Port = port, Protocol = "TCP", AppProtocol = "http" }],
    };

    private static Endpoint EndpointOf(Replica replica, string ns) => new()
    {
        Addresses = [replica.Address is ReplicaAddress.Socket socket ? socket.Path : "127.0.0.1"],
        Conditions = new EndpointConditions
        {
            Ready = replica.Phase == ReplicaPhase.Ready,
            Serving = !replica.IsUnhealthy,
            Terminating = replica.Phase == ReplicaPhase.Stopping,
        },
        TargetRef = new ObjectReference { Kind = "Pod", Namespace = ns, Name = replica.Name },
    };
}
