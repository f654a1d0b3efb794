using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>What 16 codes of 4 bits stand for, where that is no straight line.</summary>
internal sealed class CodeTable : ICodeValues
{
    /// <summary>Denser around zero, where most weights are: IQ4_NL and IQ4_XS. The numbers are ggml's.</summary>
    public static readonly CodeTable Iq4 = new([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]);

    /// <summary>Twice the numbers of E2M1 (OCP Microscaling Formats 1.0, table 5), so that they are whole.</summary>
    public static readonly CodeTable E2M1 = new([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]);

    private readonly Vector128<sbyte> _values;
    private readonly (float Value, byte Code)[] _sorted;       // rising, without repetitions
    private readonly float[] _borders;                          // halfway from each to the next
    private readonly float[] _steps;                            // the differences

    private CodeTable(ReadOnlySpan<sbyte> values)
    {
        _values = Vector128.Create(values);
        var codes = new (float Value, byte Code)[16];
        for (byte code = 0; code < 16; code++)
            codes[code] = (values[code], code);
        _sorted = [.. codes.DistinctBy(code => code.Value).OrderBy(code => code.Value)];
        _borders = [.. _sorted.Zip(_sorted.Skip(1), (a, b) => (a.Value + b.Value) / 2)];
        _steps = [.. _sorted.Zip(_sorted.Skip(1), (a, b) => b.Value - a.Value)];
    }

    public float Least => _sorted[0].Value;

    public float Most => _sorted[^1].Value;

    public sbyte this[int code] => _values[code];

    /// <summary>The values of 32 codes, of which the first are the low nibbles of 16 bytes and the others the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<sbyte> Values(in byte nibbles)
    {
        // Safety: callers pass the first of 16 bytes or more.
        var bytes = Vector128.LoadUnsafe(in nibbles);
        var low = Vector128.ShuffleNative(_values, (bytes & Vector128.Create((byte)0x0F)).AsSByte());
        var high = Vector128.ShuffleNative(_values, (bytes >>> 4).AsSByte());
        return Vector256.Create(low, high);
    }

    /// <summary>The code of the nearest value.</summary>
    public byte Code(float value)
    {
        int at = 0;
        foreach (float border in _borders)
            at += value > border ? 1 : 0;
        return _sorted[at].Code;
    }

    public Vector256<float> Nearest(Vector256<float> values)
    {
        var nearest = Vector256.Create(Least);
        for (int i = 0; i < _borders.Length; i++)
            nearest += Vector256.GreaterThan(values, Vector256.Create(_borders[i])) & Vector256.Create(_steps[i]);
        return nearest;
    }

    /// <summary>32 weights as codes in nibbles as <see cref="Values"/> reads them.</summary>
    public void Encode(ReadOnlySpan<float> weights, float perUnit, Span<byte> nibbles)
    {
        for (int i = 0; i < 16; i++)
            nibbles[i] = (byte)(Code(weights[i] * perUnit) | (Code(weights[i + 16] * perUnit) << 4));
    }
}
