using System.Globalization;

namespace Orrery.Local.Machine;

/// <summary>NVIDIA's accelerators, by its driver's files and, for what those do not say, by <c>nvidia-smi</c>. Pure.</summary>
internal static class NvidiaGpus
{
    public const string Resource = "nvidia.com/gpu";

    /// <summary>Of <c>nvidia-smi</c>: one line per GPU, memory in MiB.</summary>
    public static IReadOnlyList<string> Query { get; } = ["--query-gpu=uuid,memory.total", "--format=csv,noheader,nounits"];

    /// <param name="information">The texts of <c>/proc/driver/nvidia/gpus/*/information</c>.</param>
    /// <param name="smi">What <see cref="Query"/> answered; empty when it could not be asked.</param>
    public static IReadOnlyList<Accelerator> Parse(IEnumerable<string> information, string smi)
    {
        var memory = MemoryByUuid(smi);
        var found = new List<Accelerator>();
        foreach (string text in information)
        {
            string uuid = Lines.Value(text, "GPU UUID"), model = Lines.Value(text, "Model");
            // Unknown stands there in question marks until the GPU is first used.
            string id = uuid.Contains('?') || uuid.Length == 0 ? Lines.Value(text, "Bus Location") : uuid;
            if (model.Length > 0)
                found.Add(new Accelerator("NVIDIA", Resource, model, memory.TryGetValue(uuid, out long bytes) ? bytes : null, id));
        }
        return found;
    }

    private static Dictionary<string, long> MemoryByUuid(string smi)
    {
        var memory = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string line in smi.Split('\n'))
        {
            if (line.Split(',') is [var uuid, var mebibytes] && long.TryParse(mebibytes.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                memory[uuid.Trim()] = number * 1024 * 1024;
        }
        return memory;
    }
}
