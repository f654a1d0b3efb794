using Orrery.Local.Accelerators;
using Orrery.Local.Machine;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests.Accelerators;

public sealed class AcceleratorPlanTests
{
    private static readonly IReadOnlyList<Accelerator> Four =
    [
        Nvidia("GPU-a", "H200"), Nvidia("GPU-b", "H200"), Nvidia("GPU-c", "T4"), new("NVIDIA", "nvidia.com/mig-1g.10gb", "H200 MIG 1g.10gb", 10L << 30, "MIG-d"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Held ones are written "id:owner".
    [Theory]
    [InlineData("nvidia.com/gpu", 2, null, "", "GPU-a GPU-b")]
    [InlineData("nvidia.com/gpu", 2, null, "GPU-a:default/x/x-0", "GPU-b GPU-c")]
    [InlineData("nvidia.com/gpu", 1, "T4", "GPU-a:default/x/x-0", "GPU-c")]
    [InlineData("nvidia.com/mig-1g.10gb", 1, null, "", "MIG-d")]
    [InlineData("nvidia.com/gpu", 2, null, "GPU-a:default/x/x-0 GPU-c:default/x/x-0", "it needs 2 nvidia.com/gpu, and 1 of 3 are free: default/x/x-0 has 2")]
    [InlineData("nvidia.com/gpu", 4, null, "", "it needs 4 nvidia.com/gpu, and this machine has 3")]
    [InlineData("nvidia.com/gpu", 1, "A100", "", "it needs 1 nvidia.com/gpu of class A100, and this machine has 0")]
    [InlineData("amd.com/gpu", 1, null, "GPU-gone:default/y/y-0", "it needs 1 amd.com/gpu, and this machine has 0")]
    public void A_replica_gets_free_ones_of_its_kind_or_learns_who_has_them(string resource, int count, string? ofClass, string held, string expected)
    {
        var taken = held.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(h => new HeldAccelerator(h.Split(':')[0], h.Split(':')[1])).ToList();

        var outcome = AcceleratorPlan.Give(Four, taken, new AcceleratorShare(resource, count, ofClass), a => ofClass is null || a.Model == ofClass);

        Assert.Equal(expected, outcome is AcceleratorOutcome.Given given ? string.Join(' ', given.Accelerators.Select(a => a.Id)) : ((AcceleratorOutcome.Taken)outcome).Message);
    }

    [Theory]
    [InlineData("GPU-a", "CUDA_VISIBLE_DEVICES=GPU-a ROCR_VISIBLE_DEVICES=-1 HIP_VISIBLE_DEVICES=-1")]
    [InlineData("MIG-d", "CUDA_VISIBLE_DEVICES=MIG-d ROCR_VISIBLE_DEVICES=-1 HIP_VISIBLE_DEVICES=-1")]
    [InlineData("", "CUDA_VISIBLE_DEVICES= ROCR_VISIBLE_DEVICES=-1 HIP_VISIBLE_DEVICES=-1")]
    [InlineData("0000:52:00.0 GPU-a", "CUDA_VISIBLE_DEVICES=2,0 CUDA_DEVICE_ORDER=PCI_BUS_ID ROCR_VISIBLE_DEVICES=-1 HIP_VISIBLE_DEVICES=-1")]
    [InlineData("9876543210987654321", "CUDA_VISIBLE_DEVICES= ROCR_VISIBLE_DEVICES=GPU-891087b8e3b70cb1 HIP_VISIBLE_DEVICES=0")]
    [InlineData("2048 9876543210987654321", "CUDA_VISIBLE_DEVICES= ROCR_VISIBLE_DEVICES=1,0 HIP_VISIBLE_DEVICES=0,1")]
    [InlineData("0000:4d:00.0", "CUDA_VISIBLE_DEVICES= ROCR_VISIBLE_DEVICES=-1 HIP_VISIBLE_DEVICES=-1 ZE_AFFINITY_MASK=1 ZE_ENABLE_PCI_ID_DEVICE_ORDER=1")]
    public void A_process_sees_its_own_by_unique_number_where_there_is_one_and_no_others(string given, string expected)
    {
        IReadOnlyList<Accelerator> all =
        [
            Nvidia("GPU-a", "H200"), Nvidia("GPU-b", "H200"), Nvidia("0000:52:00.0", "H200"), new("NVIDIA", "nvidia.com/mig-1g.10gb", "MIG", null, "MIG-d"),
            new("AMD", "amd.com/gpu", "MI300X", null, "9876543210987654321"), new("AMD", "amd.com/gpu", "RX", null, "2048"),
            new("Intel", "gpu.intel.com/xe", "B580", null, "0000:03:00.0"), new("Intel", "gpu.intel.com/xe", "B580", null, "0000:4d:00.0"),
        ];

        var variables = VisibleDevices.For(all, [.. given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => all.Single(a => a.Id == id))]);

        Assert.Equal(expected, string.Join(' ', variables.Select(v => $"{v.Key}={v.Value}")));
    }

    [Fact]
    public void A_machine_without_accelerators_sets_nothing() => Assert.Empty(VisibleDevices.For([], []));

    [Fact]
    public async Task What_one_replica_has_another_gets_only_after_it()
    {
        int freed = 0;
        var pool = new AcceleratorPool(_ => Task.FromResult(Four), null, TimeProvider.System) { Freed = () => freed++ };
        var three = new AcceleratorShare("nvidia.com/gpu", 3, null);

        var first = await pool.TakeAsync("default/x/x-0", three, Ct);
        var second = await pool.TakeAsync("default/y/y-0", three, Ct);
        pool.Release("default/y/y-0");
        pool.Release("default/x/x-0");
        var third = await pool.TakeAsync("default/y/y-0", three, Ct);

        Assert.Equal("GPU-a,GPU-b,GPU-c", first.Variables![VisibleDevices.Nvidia]);
        Assert.Null(second.Variables);
        Assert.Contains("default/x/x-0 has 3", second.Problem);
        Assert.Equal("GPU-a,GPU-b,GPU-c", third.Variables![VisibleDevices.Nvidia]);
        Assert.Equal(1, freed);
    }

    private static Accelerator Nvidia(string id, string model) => new("NVIDIA", "nvidia.com/gpu", model, null, id);
}
