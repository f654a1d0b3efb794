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
                new Accelerator("AMD", "amd.com/gpu", "AMD ip discovery gfx942", 206141652992, "987654321") { ComputeCapability = "gfx942", PciVendor = "1002" },
                new Accelerator("AMD", "amd.com/gpu", "AMD gfx1100", null, "768") { ComputeCapability = "gfx1100" },
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
                new Accelerator("Intel", "gpu.intel.com/i915", "Intel 0x56c0", 17179869184, "0000:4d:00.0") { PciVendor = "8086", PciDevice = "56c0" },
                new Accelerator("Intel", "gpu.intel.com/xe", "Intel 0xe20b", null, "0000:03:00.0") { PciVendor = "8086", PciDevice = "e20b" },
            ],
            found);
    }

    [Fact]
    public async Task A_divided_gpu_is_its_instances_and_the_others_stay_whole()
    {
        foreach (var (bus, id, model) in new[] { ("1b", "0001-4c11-9d1a-aaaaaaaaaaaa", "NVIDIA H100 80GB HBM3"), ("43", "0002-4c11-9d1a-bbbbbbbbbbbb", "NVIDIA H100 80GB HBM3"), ("52", "0003-4c11-9d1a-cccccccccccc", "Tesla T4") })
            Write($"proc/driver/nvidia/gpus/0000:{bus}:00.0/information", Information($"GPU-5a1e2f00-{id}", $"0000:{bus}:00.0").Replace("NVIDIA H200", model, StringComparison.Ordinal));

        var found = await ReadAsync((_, arguments) => Sample(arguments == NvidiaGpus.List ? "nvidia-smi-list.txt" : "nvidia-smi-query.csv"));

        Assert.Equal(
            ["nvidia.com/mig-3g.40gb 40960 MIG-11111111-1111-5111-8111-111111111111", "nvidia.com/mig-1g.10gb 10240 MIG-22222222-2222-5222-8222-222222222222",
                "nvidia.com/mig-1g.10gb.me 10240 MIG-33333333-3333-5333-8333-333333333333", "nvidia.com/gpu 81559 GPU-5a1e2f00-0002-4c11-9d1a-bbbbbbbbbbbb",
                "nvidia.com/gpu 15360 GPU-5a1e2f00-0003-4c11-9d1a-cccccccccccc"],
            found.Select(a => $"{a.Resource} {a.MemoryBytes >> 20} {a.Id}"));
        Assert.Equal(("9.0", "10de", "2330"), (found[0].ComputeCapability, found[0].PciVendor, found[0].PciDevice));
        Assert.Equal("Tesla T4", found[^1].Model);
    }

    [Theory]
    [InlineData("amd-smi-static.json", "", "AMD Instinct MI300X")]
    [InlineData("", "rocm-smi.json", "AMD Instinct MI300X OAM")]
    [InlineData("", "", "AMD gfx942")]
    public async Task Amds_tools_add_names_where_they_are(string newer, string older, string model)
    {
        const string Node = "sys/class/kfd/kfd/topology/nodes/1";
        Write($"{Node}/properties", "simd_count 1216\ngfx_target_version 90402\nvendor_id 4098\ndevice_id 29857\nunique_id 987654321\n");

        var found = Assert.Single(await ReadAsync((tool, _) => (tool, newer, older) switch
        {
            (RocmSmi.NewTool, { Length: > 0 }, _) => Sample(newer),
            (RocmSmi.OldTool, _, { Length: > 0 }) => Sample(older),
            _ => "",
        }));

        Assert.Equal((model, "gfx942", "74a1"), (found.Model, found.ComputeCapability, found.PciDevice));
        Assert.Equal(model == "AMD gfx942" ? null : 196592L << 20, found.MemoryBytes);
    }

    [Theory]
    [InlineData("dxg", true)]
    [InlineData("nvidiactl", true)]
    [InlineData("null", false)]
    public async Task Where_the_kernel_shows_no_files_of_nvidias_the_tool_is_asked_if_there_is_its_device(string device, bool isAsked)
    {
        Write($"dev/{device}", "");

        var found = await ReadAsync((tool, arguments) => tool != NvidiaGpus.Tool ? ""
            : arguments == NvidiaGpus.List ? "GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-1)\n" : "GPU-1, 24564, 8.9, 0x268410DE, [N/A]\n");

        Assert.Equal(isAsked ? [("NVIDIA GeForce RTX 4090", 24564L << 20, "8.9", "2684")] : [], found.Select(a => (a.Model, a.MemoryBytes!.Value, a.ComputeCapability!, a.PciDevice!)));
    }

    [Fact]
    public void A_warning_before_the_answer_is_passed_over()
    {
        const string Warning = "WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status\n\n";

        Assert.Equal(RocmSmi.ParseOld(Sample("rocm-smi.json")), RocmSmi.ParseOld(Warning + Sample("rocm-smi.json")));
        Assert.NotEmpty(RocmSmi.ParseOld(Warning + Sample("rocm-smi.json")));
        Assert.Empty(RocmSmi.ParseOld("WARNING: No JSON data to report\n"));
    }

    [Fact]
    public void Memory_that_no_accelerator_has_is_unknown()
    {
        const string Card = "Model: NVIDIA X\nGPU UUID: GPU-1\n";

        Assert.Null(Assert.Single(NvidiaGpus.Parse([Card], "GPU-1, 9223372036854775807, 9.0, 0x233010DE, Disabled")).MemoryBytes);
        Assert.Null(Assert.Single(NvidiaGpus.Parse([Card], "GPU-1, 81559, 9.0, 0x233010DE, Enabled", "GPU 0: NVIDIA X (UUID: GPU-1)\n  MIG 1g.99999999999gb     Device  0: (UUID: MIG-1)\n")).MemoryBytes);
    }

    [Fact]
    public async Task Intels_tool_adds_name_and_memory_by_the_bus_address()
    {
        Card("card0", "0x8086", "0x56c0", "DRIVER=i915\nPCI_SLOT_NAME=0000:4d:00.0\n");
        Card("card1", "0x8086", "0xe20b", "DRIVER=xe\nPCI_SLOT_NAME=0000:03:00.0\n");

        var found = await ReadAsync((tool, arguments) => tool != XpuSmi.Tool ? "" : Sample(arguments == XpuSmi.Query ? "xpu-smi-discovery.json" : "xpu-smi-device.json"));

        Assert.Equal([("Intel(R) Data Center GPU Flex 170", 14248050688L), ("Intel 0xe20b", null)], found.Select(a => (a.Model, a.MemoryBytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("[1, null, {}]")]
    [InlineData("[{\"asic\": 1, \"vram\": {\"size\": \"much\"}}]")]
    [InlineData("{\"gpu_data\": {}, \"card0\": 1, \"device_list\": [null]}")]
    [InlineData("Failed to initialize NVML")]
    [InlineData("{\"card0\": {}, \"card0\": {}, \"gpu_data\": [], \"gpu_data\": [], \"device_list\": [], \"device_list\": []}")]
    [InlineData("[{\"vram\": {\"size\": {\"value\": 1e300}}}]")]
    [InlineData("[{\"vram\": {\"size\": {\"value\": -1}}}]")]
    public void What_a_tool_prints_in_trouble_is_nothing(string printed)
    {
        Accelerator[] devices = [new("AMD", "amd.com/gpu", "AMD", null, "1")];

        Assert.Empty(NvidiaGpus.Parse([], printed, printed));
        Assert.Equal(devices, RocmSmi.Joined(devices, RocmSmi.ParseNew(printed)));
        Assert.Equal(devices, RocmSmi.Joined(devices, RocmSmi.ParseOld(printed)));
        Assert.Equal(devices, XpuSmi.Joined(devices, printed));
        Assert.Empty(XpuSmi.Devices(printed));
    }

    [Fact]
    public async Task Without_nvidia_its_tool_is_not_run()
    {
        bool asked = false;

        var found = await MachineInventory.AcceleratorsAsync(
            new MachineFiles(_root.Path),
            (_, _, _) =>
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
        => ReadAsync((_, arguments) => arguments == NvidiaGpus.Query ? smi : "");

    private Task<IReadOnlyList<Accelerator>> ReadAsync(Func<string, IReadOnlyList<string>, string> tool)
        => MachineInventory.AcceleratorsAsync(new MachineFiles(_root.Path), (name, arguments, _) => Task.FromResult(tool(name, arguments)), Ct);

    private static string Sample(string name) => File.ReadAllText(Repository.File("tests", "Data", "accelerators", name));

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
