namespace Orrery.Engine.Decoder.Positions;

/// <summary>Tables of every row of a batch, for each way in which positions enter layers: most models have one way, some two.</summary>
internal sealed class RopeTables
{
    private readonly (RopeConfig Config, Rows Rows)[] _all;

    public RopeTables(DecoderConfig config, LayerRange range, int maxRows, int contextTokens)
    {
        var kinds = config.Layers.Skip(range.First).Take(range.Count).Select(layer => layer.Rope).Distinct(ReferenceEqualityComparer.Instance).Cast<RopeConfig>();
        _all = [.. kinds.Select(kind => (kind, new Rows(new RopeTable(kind, contextTokens), maxRows)))];
    }

    public void Fill(ReadOnlySpan<int> positions)
    {
        foreach (var (_, rows) in _all)
            rows.Fill(positions);
    }

    public Rows Of(LayerConfig layer)
    {
        foreach (var (config, rows) in _all)
        {
            if (ReferenceEquals(config, layer.Rope))
                return rows;
        }
        throw new InvalidOperationException("The layer is of another model.");
    }

    /// <summary>Cosines and sines of a batch's rows.</summary>
    internal sealed class Rows(RopeTable table, int maxRows)
    {
        private readonly float[] _cos = new float[maxRows * table.Dims], _sin = new float[maxRows * table.Dims];

        public ReadOnlySpan<float> Cos(int row) => _cos.AsSpan(row * table.Dims, table.Dims);

        public ReadOnlySpan<float> Sin(int row) => _sin.AsSpan(row * table.Dims, table.Dims);

        public void Fill(ReadOnlySpan<int> positions)
        {
            for (int row = 0; row < positions.Length; row++)
                table.Fill(positions[row], _cos.AsSpan(row * table.Dims, table.Dims), _sin.AsSpan(row * table.Dims, table.Dims));
        }
    }
}
