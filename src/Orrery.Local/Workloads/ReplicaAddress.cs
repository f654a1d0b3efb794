using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Workloads;

/// <summary>Where one run of a replica listens.</summary>
internal abstract record ReplicaAddress
{
    public sealed record Socket(string Path) : ReplicaAddress
    {
        public override string ToString() => $"unix:{Path}";
    }

    public sealed record Port(int Number) : ReplicaAddress
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Number}");
    }

    private const string SocketVariable = "$(SOCKET)";
    private const string PortVariable = "$(PORT)";

    public static bool IsAskedForBy(ProcessTemplate template) => template.Names(SocketVariable) || template.Names(PortVariable);

    public static bool IsSocketFor(ProcessTemplate? template) => template?.Names(SocketVariable) == true;

    /// <param name="template">Null: a container, which answers on a port.</param>
    /// <param name="run">Names this run among all: a new run never meets the socket of the one before.</param>
    public static ReplicaAddress Choose(ProcessTemplate? template, string runFolder, string run, ReplicaPorts ports)
        => IsSocketFor(template) ? new Socket(System.IO.Path.Combine(runFolder, SocketName(run))) : new Port(ports.Next());

    /// <summary>The text with what stands for the address replaced.</summary>
    public string Fill(string text) => this switch
    {
        Socket socket => text.Replace(SocketVariable, socket.Path, StringComparison.Ordinal),
        Port port => text.Replace(PortVariable, port.Number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
        _ => text,
    };

    /// <summary>16 hex digits and <c>.sock</c>: socket paths hold 107 bytes, names of workloads hundreds.</summary>
    private static string SocketName(string run) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run)).AsSpan(0, 8)) + ".sock";
}
