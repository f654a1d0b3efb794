using Orrery.Tensors;

namespace Orrery.Engine.Decoder.Positions;

/// <summary>The frequencies of one <see cref="RopeConfig"/>, worked out once.</summary>
internal sealed class RopeTable
{
    private readonly RopeConfig _config;
    private readonly double[] _frequencies;                             // [dims / 2], radians per position
    private readonly double[] _stretched;                               // scratch for Dynamic, else empty
    private readonly float _magnitude;

    /// <param name="contextTokens">That the model is served with: <see cref="RopeScaling.Long"/> chooses by it.</param>
    public RopeTable(RopeConfig config, int contextTokens)
    {
        _config = config;
        _frequencies = Frequencies(config, contextTokens);
        _magnitude = MagnitudeOf(config.Scaling);
        _stretched = config.Scaling is RopeScaling.Dynamic ? new double[_frequencies.Length] : [];
    }

    public int Dims => _config.Dims;

    /// <summary>Tables for one position, both [dims], as <see cref="Rope"/> takes them.</summary>
    public void Fill(int position, Span<float> cos, Span<float> sin)
    {
        var frequencies = _frequencies;
        if (_config.Scaling is RopeScaling.Dynamic dynamic && position >= dynamic.OriginalTokens)
        {
            // By the own position, not by the length of what happens to be computed at once: however a prompt is cut, the text is the same.
            Unscaled(_config.Dims, DynamicBase(_config, dynamic, position + 1), _stretched);
            frequencies = _stretched;
        }
        Rope.Angles(position, frequencies, _magnitude, cos, sin);
    }

    /// <summary>Radians per position, [dims / 2].</summary>
    internal static double[] Frequencies(RopeConfig config, int contextTokens)
    {
        double[] frequencies = new double[config.Dims / 2];
        Unscaled(config.Dims, config.Base, frequencies);
        switch (config.Scaling)
        {
            case RopeScaling.Linear linear:
                Divide(frequencies, _ => linear.Factor);
                break;
            case RopeScaling.Llama3 llama3:
                Divide(frequencies, i => Llama3Divisor(llama3, frequencies[i]));
                break;
            case RopeScaling.Yarn yarn:
                Divide(frequencies, i => YarnDivisor(yarn, config, i));
                break;
            case RopeScaling.Long longer:
                Divide(frequencies, i => (contextTokens > longer.OriginalTokens ? longer.Beyond : longer.Short)[i]);
                break;
            case RopeScaling.Divided divided:
                Divide(frequencies, i => divided.Divisors[i]);
                break;
        }
        return frequencies;
    }

    internal static float MagnitudeOf(RopeScaling? scaling) => scaling switch
    {
        RopeScaling.Yarn yarn => yarn.Magnitude ?? (yarn.Factor <= 1 ? 1 : (0.1f * MathF.Log(yarn.Factor)) + 1),
        RopeScaling.Long longer when longer.Magnitude is { } magnitude => magnitude,
        RopeScaling.Long longer => longer.Factor <= 1 ? 1 : MathF.Sqrt(1 + (MathF.Log(longer.Factor) / MathF.Log(longer.OriginalTokens))),
        _ => 1,
    };

    private static void Unscaled(int dims, double @base, double[] frequencies)
    {
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = Math.Pow(@base, -2.0 * i / dims);
    }

    private static void Divide(double[] frequencies, Func<int, double> divisor)
    {
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] /= divisor(i);
    }

    private static double DynamicBase(RopeConfig config, RopeScaling.Dynamic dynamic, int tokens)
    {
        double stretch = (dynamic.Factor * (double)tokens / dynamic.OriginalTokens) - (dynamic.Factor - 1);
        return config.Base * Math.Pow(stretch, config.Dims / (config.Dims - 2.0));
    }

    private static double Llama3Divisor(RopeScaling.Llama3 scaling, double frequency)
    {
        double wave = 2 * Math.PI / frequency;
        double turns = scaling.OriginalTokens / wave;
        if (turns > scaling.HighFactor)
            return 1;
        if (turns < scaling.LowFactor)
            return scaling.Factor;
        double kept = (turns - scaling.LowFactor) / (scaling.HighFactor - scaling.LowFactor);
        return 1 / (((1 - kept) / scaling.Factor) + kept);
    }

    private static double YarnDivisor(RopeScaling.Yarn scaling, RopeConfig config, int i)
    {
        // The dimension whose wave turns so often within the original context.
        double DimensionOf(double turns) => config.Dims * Math.Log(scaling.OriginalTokens / (turns * 2 * Math.PI)) / (2 * Math.Log(config.Base));
        var (low, high) = (DimensionOf(scaling.BetaFast), DimensionOf(scaling.BetaSlow));
        if (scaling.Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, config.Dims - 1));
        double kept = 1 - Math.Clamp((i - low) / Math.Max(high - low, 0.001), 0, 1);
        return 1 / (((1 - kept) / scaling.Factor) + kept);
    }
}
