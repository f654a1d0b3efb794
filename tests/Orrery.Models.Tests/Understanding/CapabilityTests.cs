using Orrery.Models.Tests.Gguf;
using Orrery.Models.Understanding;
using Orrery.Models.Understanding.Abilities;

namespace Orrery.Models.Tests.Understanding;

public sealed class CapabilityTests
{
    [Theory]
    [InlineData("a language model", "TextToText", """{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}""")]
    [InlineData("a language model by a class of its own name", "TextToText", """{"model_type": "chatglm", "architectures": ["ChatGLMModel"]}""")]
    [InlineData("a language model though its class ends as others that are none", "TextToText", """{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}""")]
    [InlineData("an encoder", "Embedding", """{"model_type": "bert", "architectures": ["BertModel"]}""")]
    [InlineData("an encoder with a head that guesses words", "Embedding", """{"model_type": "xlm-roberta", "architectures": ["XLMRobertaForMaskedLM"]}""")]
    [InlineData("a decoder without a head", "Embedding", """{"model_type": "mistral", "architectures": ["MistralModel"]}""")]
    [InlineData("a decoder that sees both ways", "Embedding", """{"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "is_causal": false}""")]
    [InlineData("a decoder that sees both ways, by another key", "Embedding", """{"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "use_bidirectional_attention": true}""")]
    [InlineData("a decoder that sees both ways in pictures alone", "TextToText", """{"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "use_bidirectional_attention": "vision"}""")]
    [InlineData("pictures and texts as vectors", "Embedding", """{"model_type": "clip", "architectures": ["CLIPModel"]}""")]
    [InlineData("an encoder that gives one mark to a pair", "Rerank", """{"model_type": "xlm-roberta", "architectures": ["XLMRobertaForSequenceClassification"], "id2label": {"0": "LABEL_0"}}""")]
    [InlineData("an encoder that sorts", "TextClassification", """{"model_type": "roberta", "architectures": ["RobertaForSequenceClassification"], "id2label": {"0": "negative", "1": "neutral", "2": "positive"}}""")]
    [InlineData("a reward model", "TextClassification", """{"model_type": "llama", "architectures": ["LlamaForSequenceClassification"], "id2label": {"0": "LABEL_0"}}""")]
    [InlineData("a reward model by its own class", "TextClassification", """{"model_type": "qwen2", "architectures": ["Qwen2ForRewardModel"]}""")]
    [InlineData("a reranker of sentence-transformers", "Rerank", """{"model_type": "qwen3", "architectures": ["Qwen3ForSequenceClassification"], "sentence_transformers": {"version": "5.0"}}""")]
    [InlineData("sees", "ImageTextToText TextToText", """{"model_type": "qwen2_5_vl", "architectures": ["Qwen2_5_VLForConditionalGeneration"], "vision_config": {}}""")]
    [InlineData("sees, by an older key", "ImageTextToText TextToText", """{"model_type": "phi3_v", "architectures": ["Phi3VForCausalLM"], "img_processor": {}}""")]
    [InlineData("hears", "TextToText AudioToText", """{"model_type": "qwen2_audio", "architectures": ["Qwen2AudioForConditionalGeneration"], "audio_config": {}}""")]
    [InlineData("does it all", "ImageTextToText TextToText AudioToText AudioToAudio", """{"model_type": "qwen2_5_omni", "architectures": ["Qwen2_5OmniModel"], "talker_config": {}, "thinker_config": {}}""")]
    [InlineData("draws too", "ImageTextToText TextToText TextToImage", """{"model_type": "multi_modality", "architectures": ["MultiModalityCausalLM"], "vision_config": {}, "gen_vision_config": {}}""")]
    [InlineData("writes down speech", "AudioToText", """{"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"]}""")]
    [InlineData("writes down speech by another head", "AudioToText", """{"model_type": "wav2vec2", "architectures": ["Wav2Vec2ForCTC"]}""")]
    [InlineData("speaks", "TextToAudio", """{"model_type": "speecht5", "architectures": ["SpeechT5ForTextToSpeech"]}""")]
    [InlineData("sorts pictures, for which there is no word", "", """{"model_type": "vit", "architectures": ["ViTForImageClassification"]}""")]
    [InlineData("translates", "TextToText", """{"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]}""")]
    public void A_config_says_what_its_model_is_for(string because, string expected, string config)
    {
        string found = string.Join(' ', Of(config).Capabilities);

        Assert.True(expected == found, $"{because}: expected {expected}, got {found}");
    }

    [Theory]
    [InlineData("Qwen3-Embedding-8B", ModelCapability.Embedding)]
    [InlineData("nomic-embed-text", ModelCapability.Embedding)]
    [InlineData("Qwen3-Reranker-4B", ModelCapability.Rerank)]
    [InlineData("Qwen3-4B", ModelCapability.TextToText)]
    public void A_name_tells_where_nothing_else_does(string name, ModelCapability expected)
        => Assert.Equal([expected], Of("""{"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"]}""", name: name).Capabilities);

    [Theory]
    [InlineData("text-ranking", ModelCapability.Rerank)]
    [InlineData("feature-extraction", ModelCapability.Embedding)]
    [InlineData("text-generation", ModelCapability.TextToText)]
    public void The_model_card_tells_as_well(string tag, ModelCapability expected)
        => Assert.Equal([expected], (Of("""{"model_type": "qwen3"}""", d => d with { Card = $"---\npipeline_tag: {tag}\n---\n" })).Capabilities);

    [Fact]
    public void Steps_of_sentence_transformers_make_it_an_embedding_model()
        => Assert.Equal([ModelCapability.Embedding], Of("""{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}""", d => d with { SentenceModules = ["Transformer", "Pooling"] }).Capabilities);

    [Theory]
    [InlineData("{{ messages[0].content }}", "TextToText Chat")]
    [InlineData("{% if tools %}x{% endif %}", "TextToText Chat Tools")]
    [InlineData("{%- if not tools is defined %}{%- set tools = none %}{%- endif %}", "TextToText Chat Tools")]
    [InlineData("Ask for tools. {{ message.tools }} {{ message['tools'] }} {{ builtin_tools }} {# tools #}", "TextToText Chat")]
    [InlineData("{% if", "TextToText Chat")]
    public void A_chat_template_makes_it_chat_and_one_that_asks_for_tools_makes_it_call_them(string template, string expected)
        => Assert.Equal(expected, string.Join(' ', Of("""{"model_type": "llama"}""", d => d with { ChatTemplates = [new NamedTemplate("default", template)] }).Capabilities));

    [Fact]
    public void Templates_are_found_in_each_place_that_folders_have_for_them()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), """{"model_type": "cohere"}""");
        Assert.Equal("TextToText", string.Join(' ', ModelSummary.Read(folder.Path).Capabilities));

        File.WriteAllText(folder.File("chat_template.json"), """{"chat_template": "x"}""");
        Assert.Equal("TextToText Chat", string.Join(' ', ModelSummary.Read(folder.Path).Capabilities));

        File.WriteAllText(folder.File("tokenizer_config.json"), """{"chat_template": [{"name": "default", "template": "x"}, {"name": "tool_use", "template": "y"}]}""");
        Assert.Equal("TextToText Chat Tools", string.Join(' ', ModelSummary.Read(folder.Path).Capabilities));

        File.WriteAllText(folder.File("tokenizer_config.json"), "{}");
        File.WriteAllText(folder.File("chat_template.jinja"), "{{ tools }}");
        Assert.Equal("TextToText Chat Tools", string.Join(' ', ModelSummary.Read(folder.Path).Capabilities));
    }

    [Theory]
    [InlineData("bert", 0, "Embedding")]
    [InlineData("qwen3", 3, "Embedding")]
    [InlineData("qwen3", 4, "Rerank")]
    [InlineData("qwen3", 0, "TextToText Chat Tools")]
    public void A_GGUF_file_says_it_by_its_pooling_and_template(string architecture, uint pooling, string expected)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("m.gguf"), new GgufBuilder().String("general.architecture", architecture).Number($"{architecture}.pooling_type", pooling)
            .String("tokenizer.chat_template", "x").String("tokenizer.chat_template.tool_use", "y").Tensor("t", [32], type: 2, bytes: 18).File());

        Assert.Equal(expected, string.Join(' ', ModelSummary.Read(folder.File("m.gguf")).Capabilities));
    }

    private static ModelSummary Of(string config, Func<ModelDocuments, ModelDocuments>? change = null, string name = "m")
    {
        var documents = new ModelDocuments(name, System.Text.Encoding.UTF8.GetBytes(config));
        return ModelSummary.Of(change?.Invoke(documents) ?? documents);
    }
}
