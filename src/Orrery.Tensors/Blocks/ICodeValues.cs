using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Orrery.Tensors.Blocks;

/// <summary>The values that codes can stand for, before a scale.</summary>
internal interface ICodeValues
{
    float Least { get; }

    float Most { get; }

    /// <summary>The nearest value to each.</summary>
    Vector256<float> Nearest(Vector256<float> values);
}

/// <summary>Whole numbers from the first to the last.</summary>
internal readonly struct WholeNumbers(int least, int most) : ICodeValues
{
    public float Least => least;

    public float Most => most;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Nearest(Vector256<float> values)
        => Vector256.MinNative(Vector256.MaxNative(Vector256.Round(values), Vector256.Create(Least)), Vector256.Create(Most));

    public int Nearest(float value) => Math.Clamp((int)MathF.Round(value), least, most);
}
