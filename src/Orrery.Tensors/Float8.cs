namespace Orrery.Tensors;

/// <summary>
/// The two 8-bit floating-point types of the OCP 8-bit Floating Point Specification 1.0, as f32. Both are exact.
/// <code>
///   E4M3   1 sign, 4 exponent (bias 7), 3 fraction; no infinities, NaN is 0x7F and 0xFF; up to 448
///   E5M2   1 sign, 5 exponent (bias 15), 2 fraction; the upper half of an IEEE half; up to 57344
/// </code>
/// </summary>
public static class Float8
{
    private static readonly float[] E4M3 = [.. Enumerable.Range(0, 256).Select(code => WidenE4M3((byte)code))];
    private static readonly float[] E5M2 = [.. Enumerable.Range(0, 256).Select(code => WidenE5M2((byte)code))];

    /// <summary>safetensors' F8_E4M3; to is as long as from.</summary>
    public static void WidenE4M3(ReadOnlySpan<byte> from, Span<float> to) => Widen(E4M3, from, to);

    /// <summary>safetensors' F8_E5M2; to is as long as from.</summary>
    public static void WidenE5M2(ReadOnlySpan<byte> from, Span<float> to) => Widen(E5M2, from, to);

    private static void Widen(float[] table, ReadOnlySpan<byte> from, Span<float> to)
    {
        Shapes.CheckSame(from.Length, to.Length, nameof(to));
        for (int i = 0; i < from.Length; i++)
            to[i] = table[from[i]];
    }

    private static float WidenE4M3(byte code)
    {
        int exponent = (code >> 3) & 0x0F, fraction = code & 7;
        float magnitude = (code & 0x7F) == 0x7F ? float.NaN
            : exponent == 0 ? fraction / 512f                           // 2^-6 * fraction / 8
            : MathF.ScaleB(1 + (fraction / 8f), exponent - 7);
        return code < 0x80 ? magnitude : -magnitude;
    }

    private static float WidenE5M2(byte code) => (float)BitConverter.UInt16BitsToHalf((ushort)(code << 8));
}
