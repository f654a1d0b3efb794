using static Orrery.Models.Understanding.ModelCapability;

namespace Orrery.Models.Understanding.Abilities;

/// <summary>What a diffusers pipeline makes, by the name of its class. Pure.</summary>
internal static class PipelineRules
{
    private static readonly string[] VideoWords = ["Video", "AnimateDiff", "CogVideo", "Wan", "LTX", "Mochi", "Allegro", "Latte", "I2VGen", "T2V", "I2V", "SkyReels"];
    private static readonly string[] FromPictureWords = ["ImageToVideo", "I2V", "Img2Vid", "VideoDiffusionPipeline", "FramePack"];
    private static readonly string[] AudioWords = ["Audio", "Music", "Riffusion", "DanceDiffusion"];
    private static readonly string[] EditWords = ["Img2Img", "Image2Image", "Inpaint", "Pix2Pix", "ImageEdit", "EditPipeline", "Kontext", "Upscale", "ImageVariation", "EditPlus"];

    public static ModelCapability Of(string className)
        => HasAny(className, AudioWords) ? TextToAudio
            : HasAny(className, FromPictureWords) ? ImageTextToVideo
            : HasAny(className, VideoWords) ? TextToVideo
            : HasAny(className, EditWords) ? ImageTextToImage
            : TextToImage;

    private static bool HasAny(string text, string[] words) => words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
