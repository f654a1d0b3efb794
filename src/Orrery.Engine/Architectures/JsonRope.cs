using System.Collections.Immutable;
using Orrery.Engine.Decoder.Positions;
using Orrery.Models.Safetensors;

namespace Orrery.Engine.Architectures;

/// <summary>
/// How <c>config.json</c> writes rotary positions: <c>rope_theta</c> and <c>rope_scaling</c> in files of the first years, <c>rope_parameters</c>
/// with both later, and later still one of these for each kind of layer.
/// </summary>
internal static class JsonRope
{
    private const string Theta = "rope_theta", OldScaling = "rope_scaling", Parameters = "rope_parameters", Context = "max_position_embeddings", Original = "original_max_position_embeddings";

    public static RopeConfig Read(ModelConfig json, int headDim, string? layers)
    {
        var (key, rope) = json.Inner(Parameters) is { } inner ? (Parameters, inner.Inner(layers ?? "full_attention") ?? inner) : (OldScaling, json.Inner(OldScaling));

        float share = rope?.Number("partial_rotary_factor") ?? json.Number("partial_rotary_factor") ?? 1;
        int dims = (int)(headDim * share);
        if (dims > headDim || dims < 2 || dims % 2 != 0)
            throw json.Invalid(share == 1 ? "head_dim" : "partial_rotary_factor", share == 1 ? $"is {headDim}; it must be even" : $"leaves {dims} of the {headDim} dimensions of a head to turn; it must be even");
        float frequencyBase = rope?.Number(Theta) ?? json.Number(Theta) ?? 10_000;
        if (frequencyBase <= 0)
            throw json.Invalid(Theta, $"is {frequencyBase}; it must be above 0");
        return new RopeConfig(dims, frequencyBase, rope is null ? null : Scaling(json, key, rope, dims));
    }

    private static RopeScaling? Scaling(ModelConfig json, string key, ModelConfig rope, int dims)
    {
        int context = (int)(json.WholeNumber(Context, 1, int.MaxValue) ?? throw json.Missing(Context));
        int OriginalOr(int fallback) => (int)(rope.WholeNumber(Original, 1, int.MaxValue) ?? json.WholeNumber(Original, 1, int.MaxValue) ?? fallback);
        float Factor() => rope.Number("factor") switch
        {
            null => throw rope.Missing("factor"),
            >= 1 and var factor => factor,
            var factor => throw rope.Invalid("factor", $"is {factor}; it must be 1 or more"),
        };

        switch (rope.Text("rope_type") ?? rope.Text("type") ?? "default")
        {
            case "default":
                return null;
            case "linear":
                return new RopeScaling.Linear(Factor());
            case "dynamic":
                // Below 4 dimensions the formula divides by 0.
                return dims < 4
                    ? throw json.Invalid(key, $"is dynamic, which needs more than {dims} dimensions of a head")
                    : new RopeScaling.Dynamic(Factor(), OriginalOr(context));
            case "yarn":
                return Yarn(rope, Factor(), OriginalOr(context));
            case "llama3":
                var (low, high) = (rope.Number("low_freq_factor") ?? throw rope.Missing("low_freq_factor"), rope.Number("high_freq_factor") ?? throw rope.Missing("high_freq_factor"));
                return low < high
                    ? new RopeScaling.Llama3(Factor(), low, high, OriginalOr(8192))
                    : throw rope.Invalid("low_freq_factor", $"is {low}; it must be below high_freq_factor, {high}");
            case "longrope" or "su":
                int original = OriginalOr(context);
                return new RopeScaling.Long(
                    Divisors(rope, "short_factor", dims / 2), Divisors(rope, "long_factor", dims / 2), original, rope.Number("factor") ?? ((float)context / original), rope.Number("attention_factor"));
            case var other:
                throw json.Invalid(key, $"is of type {other}, which is not implemented", "Rope scaling that works: default, linear, dynamic, yarn, llama3, longrope.");
        }
    }

    private static RopeScaling.Yarn Yarn(ModelConfig rope, float factor, int original)
    {
        // deepseek's way to write the magnitude: a ratio of two.
        float MagnitudeOf(float scale) => (0.1f * scale * MathF.Log(factor)) + 1;
        float? magnitude = rope.Number("attention_factor");
        if (magnitude is null && rope.Number("mscale") is > 0 and { } part && rope.Number("mscale_all_dim") is > 0 and { } whole)
            magnitude = MagnitudeOf(part) / MagnitudeOf(whole);
        return new RopeScaling.Yarn(factor, original, magnitude, rope.Number("beta_fast") ?? 32, rope.Number("beta_slow") ?? 1, rope.Truth("truncate") ?? true);
    }

    private static ImmutableArray<float> Divisors(ModelConfig rope, string key, int count)
    {
        var divisors = rope.Numbers(key) ?? throw rope.Missing(key);
        if (divisors.Length != count)
            throw rope.Invalid(key, $"has {divisors.Length} factors; {count} dimensions are turned");
        return divisors.All(divisor => divisor > 0) ? divisors : throw rope.Invalid(key, "holds a factor that is not above 0");
    }
}
