using Orrery.Resources.Schema;

namespace Orrery.Resources.Models;

/// <summary>The words for what models can do, in models and in runtimes alike: OME's older and newer ones.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ModelCapabilityAttribute() : OneOfAttribute(
    "TEXT_GENERATION", "TEXT_SUMMARIZATION", "TEXT_EMBEDDINGS", "TEXT_RERANK", "CHAT", "VISION", "EMBEDDING", "RERANK", "TEXT_TO_TEXT", "TEXT_TO_AUDIO",
    "TEXT_TO_IMAGE", "TEXT_TO_VIDEO", "IMAGE_TEXT_TO_TEXT", "IMAGE_TEXT_TO_AUDIO", "IMAGE_TEXT_TO_IMAGE", "IMAGE_TEXT_TO_VIDEO", "VIDEO_TEXT_TO_AUDIO",
    "AUDIO_TO_TEXT", "AUDIO_TO_AUDIO", "AUDIO_TRANSLATION");
