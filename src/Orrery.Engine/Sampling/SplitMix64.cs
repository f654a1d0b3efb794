namespace Orrery.Engine.Sampling;

/// <summary>
/// The splitmix64 generator (Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195). Its own, because the same seed must give the
/// same text on every version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
internal struct SplitMix64(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>Uniform in [0, 1), in steps of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
