using Orrery.Local.Machine;

namespace Orrery.Local.Tests.Machine;

public sealed class AcceleratorTests : IDisposable
{
    private readonly TempFolder _root = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Nvidia_gpus_come_from_the_driver_and_their_memory_from_its_tool()
    {
        Write("proc/driver/nvidia/gpus/0000:1b:00.0/information", Information("GPU-aaaa", "0000:1b:00.0"));
        Write("proc/driver/nvidia/gpus/0000:43:00.0/information", Information("GPU-bbbb", "0000:43:00.0"));
        Write("proc/driver/nvidia/gpus/0000:52:00.0/information", Information("GPU-????????-????", "0000:52:00.0"));

        var found = await ReadAsync("GPU-bbbb, 143771\nGPU-aaaa, 81559\nnonsense\nGPU-cccc, [N/A]\n");

        Assert.Equal(
            [
                new Accelerator("NVIDIA", "nvidia.com/gpu", "NVIDIA H200", 81559L << 20, "GPU-aaaa"),
                new Accelerator("NVIDIA", "nvidia.com/gpu", "NVIDIA H200", 143771L << 20, "GPU-bbbb"),
                new Accelerator("NVIDIA", "nvidia.com/gpu", "NVIDIA H200", null, "0000:52:00.0"),
            ],
            found);
    }

    [Fact]
    public async Task Amd_gpus_are_the_nodes_of_the_topology_that_compute()
    {
        const string Nodes = "sys/class/kfd/kfd/topology/nodes";
        Write($"{Nodes}/0/properties", "cpu_cores_count 96\nsimd_count 0\ngfx_target_version 0\n");
        Write($"{Nodes}/1/properties", "cpu_cores_count 0\nsimd_count 1216\ngfx_target_version 90402\nvendor_id 4098\nlocation_id 2048\nunique_id 987654321\n");
        Write($"{Nodes}/1/name", "ip discovery\n");
        Write($"{Nodes}/1/mem_banks/0/properties", "heap_type 1\nsize_in_bytes 206141652992\nflags 0\nwidth 8192\n");
        Write($"{Nodes}/2/properties", "simd_count 80\ngfx_target_version 110000\nlocation_id 768\nunique_id 0\n");

        var found = await ReadAsync("");

        Assert.Equal(
            [
                new Accelerator("AMD", "amd.com/gpu", "AMD ip discovery gfx942", 206141652992, "987654321"),
                new Accelerator("AMD", "amd.com/gpu", "AMD gfx1100", null, "768"),
            ],
            found);
    }

    [Fact]
    public async Task Intel_gpus_are_cards_of_a_driver_that_computes()
    {
        Card("card0", "0x8086", "0x56c0", "DRIVER=i915\nPCI_SLOT_NAME=0000:4d:00.0\n");
        Write("sys/class/drm/card0/lmem_total_bytes", "17179869184\n");
        Card("card1", "0x8086", "0xe20b", "DRIVER=xe\nPCI_SLOT_NAME=0000:03:00.0\n");
        Card("card2", "0x1002", "0x744c", "DRIVER=amdgpu\n");
        Card("card0-DP-1", "0x8086", "0x56c0", "DRIVER=i915\n");
        Write("sys/class/drm/version", "drm 1.1.0\n");

        var found = await ReadAsync("");

        Assert.Equal(
            [
                new Accelerator("Intel", "gpu.intel.com/i915", "Intel 0x56c0", 17179869184, "0000:4d:00.0"),
                new Accelerator("Intel", "gpu.intel.com/xe", "Intel 0xe20b", null, "0000:03:00.0"),
            ],
            found);
    }

    [Fact]
    public async Task Without_nvidia_its_tool_is_not_run()
    {
        bool asked = false;

        var found = await MachineInventory.AcceleratorsAsync(
            new MachineFiles(_root.Path),
            (_, _) =>
            {
                asked = true;
                return Task.FromResult("");
            },
            Ct);

        Assert.Empty(found);
        Assert.False(asked);
    }

    private static string Information(string uuid, string bus)
        => $"Model: \t\t NVIDIA H200\nIRQ:   \t\t 186\nGPU UUID: \t {uuid}\nVideo BIOS: \t 96.00.a5\nBus Type: \t PCIe\nBus Location: \t {bus}\n";

    private Task<IReadOnlyList<Accelerator>> ReadAsync(string smi)
        => MachineInventory.AcceleratorsAsync(new MachineFiles(_root.Path), (_, _) => Task.FromResult(smi), Ct);

    private void Card(string name, string vendor, string device, string uevent)
    {
        Write($"sys/class/drm/{name}/device/vendor", vendor + "\n");
        Write($"sys/class/drm/{name}/device/device", device + "\n");
        Write($"sys/class/drm/{name}/device/uevent", uevent);
    }

    private void Write(string path, string text)
    {
        string file = _root.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
