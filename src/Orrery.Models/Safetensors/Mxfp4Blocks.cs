namespace Orrery.Models.Safetensors;

/// <summary>
/// From the MXFP4 of gpt-oss to GGUF's. The numbers are the same; a block becomes its exponent and then 16 bytes, of which byte i holds
/// weight i in its low half and weight i + 16 in its high one, where gpt-oss has 2i and 2i + 1.
/// </summary>
internal static unsafe class Mxfp4Blocks
{
    private const int NibbleBytes = WeightForm.Mxfp4.BlockWeights / 2;

    /// <param name="blocks">16 bytes each.</param>
    /// <param name="scales">One byte each.</param>
    /// <param name="to">Room for 17 bytes each.</param>
    public static void Repack(nint blocks, nint scales, long count, nint to)
    {
        for (long block = 0; block < count; block++)
        {
            // Safety: the caller has count blocks in all three places.
            byte* from = (byte*)blocks + (block * NibbleBytes);
            byte* target = (byte*)to + (block * (1 + NibbleBytes));
            *target++ = ((byte*)scales)[block];
            for (int i = 0; i < NibbleBytes; i++)
                target[i] = (byte)(Nibble(from, i) | (Nibble(from, i + NibbleBytes) << 4));
        }
    }

    private static int Nibble(byte* block, int weight) => (block[weight / 2] >> (weight % 2 * 4)) & 0xF;
}
