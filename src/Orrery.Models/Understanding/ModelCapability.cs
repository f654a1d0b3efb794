namespace Orrery.Models.Understanding;

/// <summary>What a model can do.</summary>
public enum ModelCapability
{
    /// <summary>Continues text.</summary>
    TextToText,

    /// <summary>Answers conversations: it has a chat template.</summary>
    Chat,

    /// <summary>Calls tools: its chat template writes them down.</summary>
    Tools,

    /// <summary>Makes a vector of a text.</summary>
    Embedding,

    /// <summary>Says how well a text answers another.</summary>
    Rerank,

    /// <summary>Sorts texts into classes, or gives them a mark as reward models do.</summary>
    TextClassification,

    /// <summary>Reads pictures beside text.</summary>
    ImageTextToText,

    /// <summary>Writes down or understands speech.</summary>
    AudioToText,

    /// <summary>Answers speech with speech.</summary>
    AudioToAudio,

    /// <summary>Speaks.</summary>
    TextToAudio,

    TextToImage,

    /// <summary>Changes a picture as a text says.</summary>
    ImageTextToImage,

    TextToVideo,

    ImageTextToVideo,
}
