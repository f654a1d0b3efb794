using System.Text.Json;
using Orrery.Control.Accelerators;
using Orrery.Control.Fitting;
using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Tests.Fitting;

public sealed class ModelFitTests
{
    private const long GiB = 1L << 30;

    // Llama 3 70B: 80 layers, 8 heads of 128 for keys and for values, 2 bytes each.
    private const long Kv70B = 80 * 2 * 8 * 128 * 2;

    private static FitQuestion Model(double billions, double bytesPerWeight = 2, long? kv = Kv70B, int context = 8192, int sequences = 1) => new()
    {
        Parameters = billions * 1e9, WeightBytes = (long)(billions * 1e9 * bytesPerWeight), KvCache = kv is null ? null : new ModelKvCache { BytesPerToken = kv }, ContextTokens = context, Sequences = sequences,
    };

    private static FitRoom H100(int perNode = 8, int nodes = 1) => new("h100", 80 * GiB, perNode, nodes);

    [Fact]
    public void Weights_keys_and_values_and_overhead_are_added_up_and_shown()
    {
        var fits = Assert.IsType<FitResult.Fits>(ModelFit.In(FitRoom.Memory(64 * GiB), Model(8, kv: 131_072, sequences: 4)));

        Assert.Equal((16_000_000_000, 131_072L * 8192 * 4), (fits.Figures.Weights, fits.Figures.Cache));
        Assert.Equal(16_000_000_000 + (4 * GiB) + (256L << 20), fits.Figures.PerAccelerator(1));
        Assert.Equal(
            "14.9 GiB of weights + 4 GiB of keys and values (131072 B × 8192 tokens × 4) + 256 MiB of overhead = 19.15 GiB; 57.6 GiB of 64 GiB may be used",
            fits.ToString());
    }

    // 70B in 16 bits are 130.4 GiB; 2.5 GiB of keys and values at 8,192 tokens; an H100 takes 72 - 1 GiB.
    [Theory]
    [InlineData("one is enough for a small one", 8,   8, 1, 1, 1, 1)]
    [InlineData("two share 70B",                 70,  8, 1, 2, 1, 1)]
    [InlineData("eight share 265B",              265, 8, 1, 8, 1, 1)]
    [InlineData("six give four",                 120, 6, 1, 4, 1, 1)]
    [InlineData("nodes follow each other",       405, 8, 2, 8, 2, 2)]
    [InlineData("as many nodes as needed",       1000, 8, 9, 8, 4, 4)]
    public void Accelerators_share_layers_within_a_node_and_then_nodes_follow_each_other(string because, double billions, int perNode, int nodes, int tensor, int pipeline, int taken)
    {
        var result = ModelFit.In(H100(perNode, nodes), Model(billions));

        Assert.True(result is FitResult.Fits fits && (fits.Tensor, fits.Pipeline, fits.Nodes) == (tensor, pipeline, taken), $"{because}: {result}");
    }

    [Fact]
    public void A_refusal_says_by_how_much_and_what_would_fit()
    {
        var refused = Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(perNode: 1), Model(70), [H100(perNode: 1), new FitRoom("h200", 141 * GiB, 8)]));

        // 130.39 + 2.5 - 71 GiB
        Assert.Equal(61.9, refused.Missing / (double)GiB, 1);
        Assert.Contains("61.89 GiB are missing on h100", refused.ToString());
        Assert.Equal(["weights in Q6_K", "h200, 2 of them", "one accelerator with 148.76 GiB, or several that share it"], refused.Advice);
    }

    [Fact]
    public void A_shorter_context_is_advised_where_the_weights_alone_fit()
    {
        var refused = Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(perNode: 1), Model(30, context: 131_072)));
        int tokens = int.Parse(refused.Advice[0].Split(' ')[3]);

        Assert.StartsWith("a context of ", refused.Advice[0]);
        Assert.IsType<FitResult.Fits>(ModelFit.In(H100(perNode: 1), Model(30, context: tokens)));
        Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(perNode: 1), Model(30, context: tokens + 1)));
    }

    [Fact]
    public void A_quantization_that_is_advised_fits()
    {
        var refused = Assert.IsType<FitResult.TooLarge>(ModelFit.In(FitRoom.Memory(12 * GiB), Model(13, kv: 819_200, context: 4096)));

        Assert.Contains("weights in Q4_K", refused.Advice);
        Assert.IsType<FitResult.Fits>(ModelFit.In(FitRoom.Memory(12 * GiB), Model(13, bytesPerWeight: 4.5 / 8, kv: 819_200, context: 4096)));
    }

    [Fact]
    public void Layers_with_a_window_keep_no_more_than_the_window_and_a_state_is_kept_once()
    {
        var question = Model(8, sequences: 2) with { KvCache = new ModelKvCache { BytesPerToken = 100, WindowedBytesPerToken = 60, WindowTokens = 1000, StateBytes = 7 } };

        Assert.Equal(2 * (40 * 5000 + 60 * 1000 + 7), question.CacheBytes(5000));
        Assert.Equal(2 * (100 * 10 + 7), question.CacheBytes(10));
        Assert.Equal(long.MaxValue / 4, (question with { KvCache = new ModelKvCache { BytesPerToken = long.MaxValue } }).CacheBytes(int.MaxValue));
        Assert.Contains("a part of it for 1000 tokens at most", ModelFit.In(H100(), question).ToString());
    }

    [Fact]
    public void What_is_unknown_is_said_and_never_refused()
    {
        Assert.Contains("weights is unknown", ModelFit.In(H100(), new FitQuestion()).ToString());
        Assert.Contains("nobody knows the memory", ModelFit.In(null, Model(8)).ToString());
        Assert.Contains("which are not known", ModelFit.In(H100(), Model(8, kv: null)).ToString());
    }

    [Fact]
    public void Without_files_the_weights_are_estimated_from_their_number_and_form()
    {
        var question = FitQuestion.Of(new ModelFacts("m") { Parameters = 70e9, Quantization = "Q4_K_M", ContextTokens = 131_072 });

        Assert.Equal((70e9 * 4.5 / 8, true, FitQuestion.DefaultContextTokens), (question.WeightBytes!.Value, question.IsEstimated, question.ContextTokens));
        Assert.Equal((140_000_000_000, 4096), (FitQuestion.Of(new ModelFacts("m") { Parameters = 70e9, ContextTokens = 4096 }).WeightBytes, FitQuestion.Of(new ModelFacts("m") { ContextTokens = 4096 }).ContextTokens));
        Assert.Equal(5, FitQuestion.Of(new ModelFacts("m") { Parameters = 70e9, WeightBytes = 5 }).WeightBytes);
    }

    [Fact]
    public void The_parallelism_that_a_runtime_sets_for_a_class_is_kept()
    {
        var set = Model(8).With(new AcceleratorModelConfig { TensorParallelismOverride = new ParallelismOverride { TensorParallelSize = 2, PipelineParallelSize = 2, DataParallelSize = 2 } });

        var fits = Assert.IsType<FitResult.Fits>(ModelFit.In(H100(), set));
        Assert.Equal((2, 2, 2, 8, 1), (fits.Tensor, fits.Pipeline, fits.Data, fits.Accelerators, fits.Nodes));
        Assert.Contains("2 free nodes with 4 accelerators each; there is 1", Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(perNode: 4), set)).Advice);
    }

    [Fact]
    public void The_memory_that_a_runtime_demands_for_each_billion_weights_is_heeded()
    {
        var demanding = Model(8).With(new AcceleratorModelConfig { MinMemoryPerBillionParams = JsonDocument.Parse("12").RootElement });

        // 96 GB are more than one accelerator has.
        Assert.Equal(2, Assert.IsType<FitResult.Fits>(ModelFit.In(H100(), demanding)).Tensor);
        Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(perNode: 1), demanding));
    }

    [Fact]
    public void No_number_that_can_be_written_down_makes_a_model_fit_by_overflow()
    {
        var huge = FitQuestion.Of(new ModelFacts("m") { Parameters = ParameterSize.Parse(new string('9', 40) + "T"), KvCache = new ModelKvCache { BytesPerToken = long.MaxValue } }, int.MaxValue, int.MaxValue);
        Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(), huge));
        Assert.IsType<FitResult.TooLarge>(ModelFit.In(FitRoom.Memory(64 * GiB), huge));
        Assert.IsType<FitResult.TooLarge>(ModelFit.In(H100(), new FitQuestion { WeightBytes = long.MaxValue, KvCache = new ModelKvCache { BytesPerToken = long.MaxValue } }));

        // 65,536 × 65,536 accelerators are 0 in 32 bits.
        foreach (long size in (long[])[1 << 16, int.MaxValue, long.MaxValue])
        {
            var everywhere = Model(8).With(new AcceleratorModelConfig { TensorParallelismOverride = new ParallelismOverride { TensorParallelSize = size, PipelineParallelSize = size, DataParallelSize = size } });
            var refused = Assert.IsType<FitResult.TooLarge>(ModelFit.In(new FitRoom("h100", long.MaxValue, 8, 1000), everywhere));
            Assert.Contains("free nodes with 8 accelerators each; there are 1000", refused.Advice[0]);
        }
    }

    [Fact]
    public void Nodes_with_fewer_accelerators_are_no_groups_of_a_pipeline()
    {
        AcceleratorOffer Offer(int total, int free, int fullNodes) => new("a") { MemoryBytes = 80 * GiB, Nodes = ["a", "b", "c"], Total = total, Free = free, PerNode = 8, FullNodes = fullNodes };

        // Of 8, 4 and 4 accelerators only one node has 8.
        Assert.Equal((8, 1), (FitRoom.Of(Offer(16, 16, 1))!.PerNode, FitRoom.Of(Offer(16, 16, 1))!.Nodes));
        Assert.Equal((8, 2), (FitRoom.Of(Offer(24, 16, 3))!.PerNode, FitRoom.Of(Offer(24, 16, 3))!.Nodes));
        Assert.Equal((3, 1), (FitRoom.Of(Offer(24, 3, 3))!.PerNode, FitRoom.Of(Offer(24, 3, 3))!.Nodes));
    }

    [Fact]
    public void More_memory_never_makes_a_model_that_fitted_too_large()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var model = Model(random.Next(1, 500), context: random.Next(256, 100_000), sequences: random.Next(1, 8));
            var room = new FitRoom("a", random.Next(16, 200) * GiB, random.Next(1, 9), random.Next(1, 4));
            if (ModelFit.In(room, model) is not FitResult.Fits fits)
                continue;
            Assert.True(fits.Figures.PerAccelerator(fits.Tensor * fits.Pipeline) <= room.UsableBytes);
            Assert.True(fits.Nodes <= room.Nodes && fits.Accelerators <= room.PerNode * room.Nodes);
            Assert.IsType<FitResult.Fits>(ModelFit.In(room with { MemoryBytes = room.MemoryBytes * 2 }, model));
            Assert.IsType<FitResult.Fits>(ModelFit.In(room, model with { ContextTokens = model.ContextTokens / 2 }));
        }
    }
}
