using System.Diagnostics;
using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Bench;

/// <summary>One decision over 1,000 runtimes with 10 formats each, of which most differ from the model in something.</summary>
internal static class SelectionBench
{
    private const int Runtimes = 1000, Formats = 10, Repetitions = 50;

    private static readonly string[] Architectures = ["LlamaForCausalLM", "Qwen3ForCausalLM", "MistralForCausalLM", "Gemma2ForCausalLM"];
    private static readonly string?[] Quantizations = [null, "fp8", "gptq", "BF16"];

    public static IReadOnlyList<Figure> Run()
    {
        var question = new SelectionQuestion(new ModelFacts("m")
        {
            Format = new FormatSpec { Name = "safetensors", Version = "1.0.0" }, Framework = new FormatSpec { Name = "transformers", Version = "4.51.0" },
            Architecture = "Qwen3ForCausalLM", ModelType = "qwen3", Quantization = "BF16", Parameters = 8.2e9, Capabilities = ["TEXT_TO_TEXT"],
        });
        List<RuntimeCandidate> runtimes = [.. Enumerable.Range(0, Runtimes).Select(Runtime)];
        double best = double.MaxValue;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RuntimeSelection.Choose(question, runtimes);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return [new Figure("selection", $"{Runtimes} runtimes with {Formats} formats", best, "ms", "< 5")];
    }

    private static RuntimeCandidate Runtime(int at) => new("ClusterServingRuntime", $"r{at}", new RuntimeSpec
    {
        Process = new ProcessSpec { Command = ["serve", "$(PORT)"] },
        ModelSizeRange = new ModelSizeRange { Min = $"{at % 9}B", Max = $"{at % 9 + 5}B" },
        ProtocolVersions = ["openAI"],
        ModelCapabilities = ["TEXT_TO_TEXT"],
        SupportedModelFormats =
        [
            .. Enumerable.Range(at, Formats).Select(i => new SupportedModelFormat
            {
                ModelFormat = new FormatSpec { Name = i % 3 == 0 ? "gguf" : "safetensors", Version = "1.0.0" },
                ModelFramework = new FormatSpec { Name = "transformers", Version = $"4.{i % 60}.0", Operator = i % 2 == 0 ? null : "GreaterThanOrEqual" },
                ModelArchitecture = Architectures[i % Architectures.Length], Quantization = Quantizations[i / 4 % Quantizations.Length],
                AutoSelect = i % 5 != 0, Priority = 1 + i % 3,
            }),
        ],
    });
}
