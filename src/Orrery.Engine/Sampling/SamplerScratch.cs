namespace Orrery.Engine.Sampling;

/// <summary>What choosing a token needs beside the logits, as large as the vocabulary: one for all samplers of a thread. Holds nothing between two tokens.</summary>
internal sealed class SamplerScratch(int vocabulary)
{
    /// <summary>[vocabulary], logits as they are changed and then the probabilities they become.</summary>
    public float[] Values { get; } = new float[vocabulary];

    /// <summary>[vocabulary], of which the first few are used.</summary>
    public Candidate[] Candidates { get; } = new Candidate[vocabulary];

    public PriorityQueue<Candidate, Candidate> Best { get; } = new();
}

/// <summary>Greater is more likely; of equals the lower id.</summary>
internal readonly record struct Candidate(float Probability, int Id) : IComparable<Candidate>
{
    public int CompareTo(Candidate other)
        => Probability.CompareTo(other.Probability) is not 0 and var order ? order : other.Id.CompareTo(Id);
}
