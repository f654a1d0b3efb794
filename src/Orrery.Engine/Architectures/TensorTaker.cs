using Orrery.Models;
using Orrery.Tensors;

namespace Orrery.Engine.Architectures;

/// <summary>Takes tensors out of a model's files and knows which of them nobody took.</summary>
/// <param name="isIdle">Tensors that hold nothing to compute with.</param>
internal sealed class TensorTaker(IModelSource source, Func<string, bool> isIdle)
{
    private readonly HashSet<string> _left = source.TensorNames.Where(name => !isIdle(name)).ToHashSet(StringComparer.Ordinal);

    public bool Has(string name) => source.Has(name);

    /// <exception cref="InvalidModelFileException">It is missing, has another shape or a type without kernels.</exception>
    public Matrix Take(string name, params ReadOnlySpan<int> shape)
    {
        _left.Remove(name);
        return source.Matrix(name, shape);
    }

    /// <inheritdoc cref="Take"/>
    public float[] Vector(string name, int length) => Row(Take(name, length), 0);

    public static float[] Row(Matrix matrix, int row)
    {
        float[] values = new float[matrix.Cols];
        matrix.CopyRow(row, values);
        return values;
    }

    /// <summary>Leaving a tensor out would give wrong numbers without a sign of it.</summary>
    /// <param name="isOfOthers">Tensors that are none of ours.</param>
    /// <exception cref="InvalidModelFileException">There is one that this architecture has no place for.</exception>
    public void RefuseLeftOver(string architecture, Func<string, bool>? isOfOthers = null)
    {
        if (_left.Where(name => isOfOthers is null || !isOfOthers(name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } name)
            throw source.Invalid(name, $"has no place in the {architecture} architecture", "Use another model.");
    }
}
