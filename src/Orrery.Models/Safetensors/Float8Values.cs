namespace Orrery.Models.Safetensors;

/// <summary>What the bytes of 8-bit floats stand for (OCP 8-bit Floating Point Specification; Microscaling Formats for E8M0).</summary>
internal static class Float8Values
{
    /// <summary>4 bits of exponent, 3 of mantissa; no infinities.</summary>
    public static float[] E4M3 { get; } = [.. Enumerable.Range(0, 256).Select(code => (code & 0x7F) == 0x7F ? float.NaN : Value(code, exponentBits: 4, bias: 7))];

    /// <summary>5 bits of exponent, 2 of mantissa: the upper half of an F16.</summary>
    public static float[] E5M2 { get; } = [.. Enumerable.Range(0, 256).Select(code => (float)BitConverter.UInt16BitsToHalf((ushort)(code << 8)))];

    /// <summary>A power of two.</summary>
    public static float E8M0(byte code) => code == 255 ? float.NaN : MathF.ScaleB(1, code - 127);

    private static float Value(int code, int exponentBits, int bias)
    {
        int mantissaBits = 7 - exponentBits;
        int exponent = (code & 0x7F) >> mantissaBits, mantissa = code & ((1 << mantissaBits) - 1);
        float magnitude = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return code < 0x80 ? magnitude : -magnitude;
    }
}
