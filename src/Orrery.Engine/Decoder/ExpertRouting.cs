namespace Orrery.Engine.Decoder;

/// <summary>Scratch space of a mixture of experts: which rows go through which expert, and with what weight.</summary>
internal sealed class ExpertRouting(int maxRows, int experts, int dim)
{
    /// <summary>[rows, experts]: logits, then probabilities, then weights; 0 for those not chosen.</summary>
    public float[] Weights { get; } = new float[maxRows * experts];

    /// <summary>[rows, dim]: the inputs of one expert.</summary>
    public float[] Inputs { get; } = new float[maxRows * dim];

    /// <summary>[rows, dim]: its outputs.</summary>
    public float[] Outputs { get; } = new float[maxRows * dim];

    /// <summary>[rows]: whose inputs these are.</summary>
    public int[] Rows { get; } = new int[maxRows];

    /// <summary>[rows]: and which adapters theirs are.</summary>
    public int[] Adapters { get; } = new int[maxRows];

    public static long BytesNeeded(int maxRows, int experts, int dim) => sizeof(float) * (long)maxRows * (experts + (2L * dim) + 2);

    /// <summary>Softmax over all of one row's logits, then 0 for all but the <paramref name="used"/> largest; equal ones go to the lower number.</summary>
    public static void Choose(Span<float> logits, int used, bool normalise)
    {
        Tensors.Softmax.Apply(logits);
        float sum = 0;

        // Chosen ones are marked by their sign, since probabilities have none.
        for (int k = 0; k < used; k++)
        {
            int best = -1;
            for (int e = 0; e < logits.Length; e++)
            {
                if (!float.IsNegative(logits[e]) && (best < 0 || logits[e] > logits[best]))
                    best = e;
            }
            if (best < 0)
                break;                                                  // nothing left but what is no number
            sum += logits[best];
            logits[best] = -logits[best];
        }
        for (int e = 0; e < logits.Length; e++)
            logits[e] = float.IsNegative(logits[e]) ? -logits[e] / (normalise ? sum : 1) : 0;
    }
}
