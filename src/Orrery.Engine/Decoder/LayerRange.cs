namespace Orrery.Engine.Decoder;

/// <summary>Contiguous layers of a model: [First, End).</summary>
public readonly record struct LayerRange(int First, int End)
{
    public int Count => End - First;

    public bool Contains(int layer) => layer >= First && layer < End;

    /// <summary>What is wrong with it for a model of so many layers; null when nothing is.</summary>
    public string? Problem(int layers) => First < 0 || First >= End || End > layers
        ? $"layers: [{First}, {End}) must be a range of at least one of the model's {layers} layers"
        : null;
}
