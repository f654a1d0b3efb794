namespace Orrery.Tensors.Tests;

/// <summary>All 256 codes of both types, against the formula and the table of values in the OCP specification.</summary>
public sealed class Float8Tests
{
    private static readonly byte[] Codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];

    [Fact]
    public void E4M3_is_the_definition()
    {
        float[] widened = new float[256];

        Float8.WidenE4M3(Codes, widened);

        Assert.All(Codes, code => Assert.Equal(Define(code, fractionBits: 3, bias: 7, isNaN: (code & 0x7F) == 0x7F, isInfinite: false), widened[code]));
        Assert.Equal((448f, -448f, 0.015625f, 0.001953125f), (widened[0x7E], widened[0xFE], widened[0x08], widened[0x01]));
    }

    [Fact]
    public void E5M2_is_the_definition()
    {
        float[] widened = new float[256];

        Float8.WidenE5M2(Codes, widened);

        Assert.All(Codes, code => Assert.Equal(Define(code, fractionBits: 2, bias: 15, isNaN: (code & 0x7F) > 0x7C, isInfinite: (code & 0x7F) == 0x7C), widened[code]));
        Assert.Equal((57344f, -57344f, 6.103515625e-5f, 1.52587890625e-5f), (widened[0x7B], widened[0xFB], widened[0x04], widened[0x01]));
    }

    [Fact]
    public void Zero_keeps_its_sign()
    {
        float[] widened = new float[2];
        Float8.WidenE4M3([0x00, 0x80], widened);

        Assert.Equal((false, true), (float.IsNegative(widened[0]), float.IsNegative(widened[1])));
    }

    [Fact]
    public void A_result_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => Float8.WidenE5M2(Codes, new float[255]));

    private static float Define(byte code, int fractionBits, int bias, bool isNaN, bool isInfinite)
    {
        double sign = code < 0x80 ? 1 : -1;
        int exponent = (code & 0x7F) >> fractionBits;
        double fraction = (code & ((1 << fractionBits) - 1)) / (double)(1 << fractionBits);
        return isNaN ? float.NaN : isInfinite ? (float)(sign * double.PositiveInfinity)
            : (float)(sign * (exponent == 0 ? fraction * Math.Pow(2, 1 - bias) : (1 + fraction) * Math.Pow(2, exponent - bias)));
    }
}
