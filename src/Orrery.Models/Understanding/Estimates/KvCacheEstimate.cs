using Orrery.Models.Understanding.Families;
using Orrery.Models.Understanding.Shapes;

namespace Orrery.Models.Understanding.Estimates;

/// <summary>From the shape of a text model to what a sequence keeps.</summary>
internal static class KvCacheEstimate
{
    private const int ValueBytes = 2;

    /// <param name="context">A window as large as it is none.</param>
    /// <returns>Null: nothing is kept from one token to the next.</returns>
    public static KvCacheSize? Of(TextShape shape, int? context)
    {
        if (shape.Family.Role != FamilyRole.Decoder)
            return null;
        long all = 0, windowed = 0, state = 0;
        int window = 0;
        foreach (var layer in shape.Layers)
        {
            long bytes = layer.Mixer.KeptPerToken * ValueBytes;
            all += bytes;
            state += layer.Mixer.StateBytes;
            if (layer.Mixer.Window == 0 || layer.Mixer.Window >= context)
                continue;
            windowed += bytes;
            window = Math.Max(window, layer.Mixer.Window);
        }
        return new KvCacheSize(all) { WindowedBytesPerToken = windowed, WindowTokens = window, StateBytes = state };
    }
}
