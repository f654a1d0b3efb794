namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>Where a reference is not followed, and why.</summary>
internal static class ReferenceDifferences
{
    private const string Tools = "tools *; a tool *; arguments as text; two tools at once";

    private const string Parts = "contents in parts; system in parts";

    /// <summary>Faults of @huggingface/jinja. Python's Jinja2 gives what this engine gives in all of them but <c>from_json</c>.</summary>
    public static IReadOnlyList<Row> FromThePort { get; } =
    [
        new("ByteDance-Seed-OSS", "*", "takes only texts as keys of a mapping; Python takes numbers"),
        new("meetkai-functionary-medium-v3.1", "*", "has no 'selectattr' of none; in Python nothing is selected"),
        new("Apriel-1.6-15b-Thinker-fixed unsloth-Apriel-1.5", Tools, "has no 'string' of a mapping; Python prints it"),
        new("GigaChat3-10B-A1.8B", Tools, "cannot look for a list in a list; Python finds or does not find it"),
        new("google-gemma-4-31B-it", Tools, "has no 'upper' of a list; Python prints the list first"),
        new("NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", Tools, "prints lists as JSON; Python as ['a', 'b']"),
        new("Qwen3.5-4B StepFun3.5-Flash", "a tool called and answered", "prints true; Python True"),
        new("HuggingFaceTB-SmolLM3-3B Qwen-QwQ-32B", "characters of all kinds", "strips all whitespace where lstrip names what to strip"),
        new("llama-cpp-deepseek-r1", "empty contents", "cannot loop over what is undefined; in Python that loop is empty"),
        new("deepseek-ai-DeepSeek-V3.2 deepseek-ai-DeepSeek-V4", "arguments as text", "has no 'from_json'; nor has Python, but these templates need it"),
        new(
            "google-gemma-2-2b-it google-gemma-4-31B-it meta-llama-Llama-3.1-8B-Instruct meta-llama-Llama-3.3-70B-Instruct",
            Parts,
            "has no 'trim' of a list; Python prints the list first"),
        new(
            "LFM2-8B-A1B LFM2.5-Instruct NVIDIA-Nemotron-3-Nano-30B-A3B-BF16 Qwen-QwQ-32B Qwen-Qwen2.5-7B-Instruct deepseek-ai-DeepSeek-R1-Distill-Qwen-32B "
                + "deepseek-ai-DeepSeek-V3.1 deepseek-ai-DeepSeek-V3.2 deepseek-ai-DeepSeek-V4 llama-cpp-deepseek-r1 microsoft-Phi-3.5-mini-instruct "
                + "mistralai-Mistral-Nemo-Instruct-2407 openai-gpt-oss-120b upstage-Solar-Open-100B",
            Parts,
            "joins a text and a list with '+', or prints a list as JSON; Python refuses the one and prints the other as ['a', 'b']"),
    ];

    /// <summary>Where this engine does more than Python's Jinja2, as the port does.</summary>
    public static IReadOnlyList<Row> FromPython { get; } =
    [
        new("llama-cpp-deepseek-r1", Tools, "cannot write a lazy 'map' as JSON"),
        new("deepseek-ai-DeepSeek-V3.2 deepseek-ai-DeepSeek-V4", "arguments as text", "has no 'from_json'"),
        new("meetkai-functionary-medium-v3.1", Tools, "escapes for HTML what '+' joins to the result of 'safe', though nothing here is HTML"),
    ];

    /// <param name="Templates">With blanks between.</param>
    /// <param name="Conversations">With semicolons between; a star stands for the rest of a name.</param>
    public sealed record Row(string Templates, string Conversations, string Because)
    {
        public bool Covers(string template, string conversation)
            => Templates.Split(' ').Contains(template) && Conversations.Split("; ").Any(c => c.EndsWith('*')
                ? conversation.StartsWith(c[..^1], StringComparison.Ordinal)
                : conversation == c);
    }
}
