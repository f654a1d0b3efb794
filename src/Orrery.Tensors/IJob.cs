namespace Orrery.Tensors;

/// <summary>Work in numbered chunks that may run in any order and at the same time.</summary>
public interface IJob
{
    void Run(int chunk);
}

/// <summary>
/// Work of which nobody has to be waited for: a chunk that a thread began and does not come to the end of is run again by the thread that wants the
/// result, and what the first one made of it is dropped. So results go to memory of the one who runs the chunk before they are handed over.
/// </summary>
public unsafe interface IRepeatableJob : IJob
{
    /// <summary>Bytes that the results of one chunk take, at most.</summary>
    int ResultBytes { get; }

    /// <summary>
    /// Runs a chunk into <paramref name="results"/>. That may happen after the job: what it reads must still be there, but may hold anything, and it
    /// writes nowhere else.
    /// </summary>
    /// <param name="results">[<see cref="ResultBytes"/>], aligned to 64.</param>
    void Run(int chunk, byte* results);

    /// <summary>Puts results where <see cref="IJob.Run"/> would have put them.</summary>
    void HandOver(int chunk, byte* results);
}
