using Orrery.Engine.Constraints;

namespace Orrery.Engine.Tests.Constraints;

public sealed class LogitMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(512)]
    [InlineData(1537)]
    public void Logits_without_their_bit_become_negative_infinity_and_others_stay(int vocabulary)
    {
        var random = new Random(vocabulary);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (random.NextSingle() * 200) - 100)];
        ulong[] mask = new ulong[(vocabulary + 63) / 64];
        for (int word = 0; word < mask.Length; word++)
            mask[word] = (word % 3) switch { 0 => (ulong)random.NextInt64(), 1 => 0, _ => ulong.MaxValue };
        float[] expected = [.. logits.Select((logit, token) => (mask[token / 64] >> (token % 64) & 1) != 0 ? logit : float.NegativeInfinity)];

        LogitMask.Constrain(logits, mask);

        Assert.Equal(expected, logits);
    }

    [Fact]
    public void A_mask_of_another_vocabulary_is_a_bug()
        => Assert.Throws<ArgumentOutOfRangeException>(() => LogitMask.Constrain(new float[65], new ulong[1]));
}
