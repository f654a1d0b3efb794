using Orrery.Engine.Decoder;

namespace Orrery.Engine.Adapters;

/// <summary>Where a linear map that adapters change lies in a model.</summary>
/// <param name="Module">As an adapter calls it: <c>layers.0.self_attn.q_proj</c>.</param>
/// <param name="Tensor">That has its weights in the base's files.</param>
/// <param name="FirstRow">In that tensor, whose rows may be those of several modules.</param>
/// <param name="Maps">Of a part that has its layer: the maps that its rows are divided into, in their order.</param>
internal sealed record ModulePlace(string Module, string Tensor, int FirstRow, int Rows, int Cols, Func<DecoderWeights, Projection[]> Maps)
{
    /// <summary>
    /// Rows in each head where the base has them in turns: its rows 2i and 2i + 1 of a head are the adapter's i and i + HeadRows / 2, as converters to
    /// GGUF move them for architectures that turn neighbours. 0: they are in the adapter's order.
    /// </summary>
    public int HeadRows { get; init; }

    /// <summary>Which of the adapter's rows a row of the base is.</summary>
    public int RowInAdapter(int row)
    {
        if (HeadRows == 0)
            return row;
        var (head, at) = Math.DivRem(row, HeadRows);
        return (head * HeadRows) + (at / 2) + (at % 2 * (HeadRows / 2));
    }
}
