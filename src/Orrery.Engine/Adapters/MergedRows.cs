using Orrery.Models;
using Orrery.Models.Adapters;
using Orrery.Tensors;

namespace Orrery.Engine.Adapters;

/// <summary>Rows of a base's tensor with what an adapter adds: W + scale * B A, in f32.</summary>
internal sealed class MergedRows(WeightRows from, IReadOnlyList<MergedModule> modules) : WeightRows(from.Rows, from.Cols)
{
    public override void Copy(int row, Span<float> to)
    {
        from.Copy(row, to);
        foreach (var module in modules)
            module.AddTo(row, to);
    }
}

/// <summary>A module's share in a tensor.</summary>
internal sealed class MergedModule
{
    private readonly ModulePlace _place;
    private readonly float[] _a, _b;                                    // [rank, cols], [rows, rank]
    private readonly int _rank;
    private readonly float _scale;

    public MergedModule(AdapterFile file, AdapterModule module, ModulePlace place)
    {
        (_place, _rank, _scale) = (place, module.Rank, module.Scale);
        (_a, _b) = (new float[module.Rank * module.Cols], new float[module.Rows * module.Rank]);
        file.ReadA(module, _a);
        file.ReadB(module, _b);
    }

    /// <param name="row">Of the tensor; one that is another module's stays as it is.</param>
    public void AddTo(int row, Span<float> to)
    {
        int inside = row - _place.FirstRow;
        if (inside < 0 || inside >= _place.Rows)
            return;
        var b = _b.AsSpan(_place.RowInAdapter(inside) * _rank, _rank);
        for (int k = 0; k < _rank; k++)
            Elementwise.AddScaled(to, _a.AsSpan(k * to.Length, to.Length), _scale * b[k]);
    }
}
