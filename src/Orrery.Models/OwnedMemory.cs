using System.Runtime.InteropServices;
using Orrery.Tensors;

namespace Orrery.Models;

/// <summary>Native memory for weights that are not used as their file has them. All of it is freed at once.</summary>
internal sealed unsafe class OwnedMemory : IDisposable
{
    // A cache line, so that rows do not begin in the middle of one.
    private const int Alignment = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Matrix> _matrices = new(StringComparer.Ordinal);
    private readonly List<nint> _allocated = [];
    private bool _disposed;

    /// <summary>The matrix made earlier under this name, else a new one.</summary>
    /// <param name="fill">Writes the weights to the address.</param>
    public Matrix GetOrAdd(string name, DType type, int rows, int cols, Action<nint> fill)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_matrices.TryGetValue(name, out var known))
                return known;

            long bytes = (long)rows * (cols / type.BlockWeights) * type.BlockBytes;
            nint address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
            _allocated.Add(address);
            fill(address);
            return _matrices[name] = new Matrix(type, rows, cols, address, bytes);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (nint address in _allocated)
                NativeMemory.AlignedFree((void*)address);
            _allocated.Clear();
            _matrices.Clear();
        }
    }
}
