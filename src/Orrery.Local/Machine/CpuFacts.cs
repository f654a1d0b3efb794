namespace Orrery.Local.Machine;

/// <summary>What <c>/proc/cpuinfo</c> tells.</summary>
/// <param name="Model">Empty where the kernel gives no name, as mostly on arm64.</param>
/// <param name="Features">Those that our kernels ask for, by the names that Node Feature Discovery uses.</param>
internal sealed record CpuFacts(string Model, int Processors, IReadOnlyList<string> Features)
{
    // x86 calls them flags, arm64 Features; the words differ too.
    private static readonly (string Flag, string Name)[] Known =
    [
        ("avx2", "AVX2"), ("fma", "FMA3"), ("f16c", "F16C"), ("avx512f", "AVX512F"), ("avx512bw", "AVX512BW"), ("avx512_vnni", "AVX512VNNI"),
        ("avx512_bf16", "AVX512BF16"), ("avx_vnni", "AVXVNNI"), ("amx_int8", "AMXINT8"), ("amx_bf16", "AMXBF16"),
        ("asimd", "ASIMD"), ("asimdhp", "ASIMDHP"), ("asimddp", "ASIMDDP"), ("i8mm", "I8MM"), ("bf16", "BF16"), ("sve", "SVE"), ("sve2", "SVE2"),
    ];

    /// <summary>Pure; what the text does not say stays empty.</summary>
    public static CpuFacts Parse(string cpuinfo)
    {
        string model = "";
        int processors = 0;
        HashSet<string> flags = [];
        foreach (var (name, value) in Lines.Pairs(cpuinfo))
        {
            switch (name)
            {
                case "processor":
                    processors++;
                    break;
                case "model name" or "Model" or "Hardware" when model.Length == 0:
                    model = value;
                    break;
                case "flags" or "Features" when flags.Count == 0:
                    flags = [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
                    break;
            }
        }
        return new CpuFacts(model, processors, [.. Known.Where(k => flags.Contains(k.Flag)).Select(k => k.Name)]);
    }
}
