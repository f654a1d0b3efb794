namespace Orrery.Tensors;

/// <summary>Work in numbered chunks that may run in any order and at the same time.</summary>
public interface IJob
{
    void Run(int chunk);
}
