using System.Collections.Immutable;
using Orrery.Models.Safetensors;
using Orrery.Models.Understanding.Families;
using static Orrery.Models.Understanding.ModelCapability;

namespace Orrery.Models.Understanding.Abilities;

/// <summary>
/// What a model can do, by the first of these that answers: what its files say that it is for, the class that is to load it, its family, its card,
/// and last its name. Text models get the rest from their chat template and from towers for pictures and sound. Pure.
/// </summary>
internal static class CapabilityRules
{
    private static readonly string[] SpeechClasses = ["ForCTC", "ForSpeechSeq2Seq", "ForSpeechToText"];
    private static readonly string[] VoiceClasses = ["ForTextToSpeech", "ForTextToWaveform", "ForTextToSpectrogram", "TTSForConditionalGeneration"];
    private static readonly string[] MarkClasses = ["ForSequenceClassification", "ForRewardModel", "RewardModel", "ForProcessRewardModel", "ForTokenClassification"];
    private static readonly string[] OtherClasses =
        ["ForImageClassification", "ForObjectDetection", "ForSemanticSegmentation", "ForDepthEstimation", "ForAudioClassification", "ForQuestionAnswering", "ForMultipleChoice", "ForPrediction"];
    private static readonly string[] VisionKeys = ["vision_config", "vision_tower", "mm_vision_tower", "visual", "img_processor", "vision_encoder", "vision_model"];
    private static readonly string[] AudioKeys = ["audio_config", "audio_processor", "audio_encoder", "speech_config"];

    public static ImmutableArray<ModelCapability> Of(ModelEvidence seen)
    {
        if (seen.Architectures.Any(name => EndsWithAny(name, OtherClasses)))
            return [];                                                  // what these do has no word yet
        if (Single(seen) is { } only)
            return [only];
        var found = ImmutableArray.CreateBuilder<ModelCapability>();
        bool isOmni = Has(seen.Config, "talker_config") || seen.Architectures.Any(name => name.Contains("Omni", StringComparison.Ordinal));
        if (VisionKeys.Any(key => Has(seen.Config, key)) || isOmni)
            found.Add(ImageTextToText);
        found.Add(TextToText);
        if (!seen.Templates.IsEmpty)
            found.Add(Chat);
        if (TemplateUse.OfTools(seen.Templates))
            found.Add(Tools);
        if (AudioKeys.Any(key => Has(seen.Config, key)) || isOmni)
            found.Add(AudioToText);
        if (isOmni)
            found.Add(AudioToAudio);
        if (Has(seen.Config, "gen_vision_config"))
            found.Add(TextToImage);
        return found.ToImmutable();
    }

    /// <summary>Whether nothing stands behind the last layer, by the class that is to load the model. Some names end alike and mean otherwise.</summary>
    public static bool IsBare(string architecture)
        => architecture.EndsWith("Model", StringComparison.Ordinal) && !EndsWithAny(architecture, "LMHeadModel", "ChatModel", "OmniModel", "RewardModel", "DoubleHeadsModel") && architecture != "ChatGLMModel";

    public static bool IsMark(string architecture) => EndsWithAny(architecture, MarkClasses);

    /// <summary>What it is for where that is one thing alone; null: it writes text.</summary>
    private static ModelCapability? Single(ModelEvidence seen)
    {
        bool isMark = seen.Architectures.Any(IsMark), isNamedRanker = seen.Name.Contains("rerank", StringComparison.OrdinalIgnoreCase);
        if (seen.Architectures.Any(name => EndsWithAny(name, SpeechClasses)) || seen.Role == FamilyRole.Speech)
            return AudioToText;
        if (seen.Architectures.Any(name => EndsWithAny(name, VoiceClasses)) || seen.Role == FamilyRole.Voice)
            return TextToAudio;
        if (seen.NamesRanking || seen.PipelineTag == "text-ranking" || isNamedRanker || (isMark && seen.Role == FamilyRole.Encoder && Labels(seen.Config) == 1))
            return Rerank;
        if (isMark)
            return TextClassification;
        bool isEmbedder = seen.NamesPooling
            || seen.Role is FamilyRole.Encoder or FamilyRole.Image
            || seen.Architectures.Any(name => IsBare(name) || name.Contains("Embedding", StringComparison.Ordinal) || name.EndsWith("ForRetrieval", StringComparison.Ordinal))
            || seen.Config?.Is("is_causal", false) is true
            || seen.Config?.Is("use_bidirectional_attention", true) is true
            || seen.PipelineTag is "sentence-similarity" or "feature-extraction"
            || seen.Name.Contains("embed", StringComparison.OrdinalIgnoreCase);
        return isEmbedder ? Embedding : null;
    }

    // transformers counts two where nothing is said.
    private static int Labels(ModelConfig? config) => config?.CountOf("id2label") is > 0 and var named ? named : (int)(config?.WholeNumber("num_labels", 0, 1 << 20) ?? 2);

    private static bool Has(ModelConfig? config, string key) => config?.Contains(key) is true;

    private static bool EndsWithAny(string text, params ReadOnlySpan<string> ends)
    {
        foreach (string end in ends)
        {
            if (text.EndsWith(end, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
