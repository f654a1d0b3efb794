using System.Runtime.InteropServices;
using System.Text.Json;

namespace Orrery.Engine.Tests;

/// <summary>The small trained model that the tests run on, and what llama.cpp made of it.</summary>
internal static class Stories
{
    /// <summary>A GGUF file by the type of its weights, or a folder by its name.</summary>
    public static string Path(string form) => form switch
    {
        "hf-bf16" => Repository.File("tests", "Data", "stories260K", form),
        "hf-f32" or "hf-f32-sharded" => Repository.Shared("models", "stories260K", form),
        "BF16" or "Q4_1" or "Q5_0" or "Q5_1" => Repository.Shared("models", "stories260K", $"stories260K-{form}.gguf"),
        _ => Repository.File("tests", "Data", "stories260K", $"stories260K-{form}.gguf"),
    };

    public static LocalTextModel Load(string form = "F32", EngineOptions? options = null) => LocalTextModel.Load(Path(form), options);

    public static Golden Expected(string type, int prompt) => Golden.All.Where(golden => golden.Type == type).ElementAt(prompt);

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<List<TextPiece>> CollectAsync(ITextModel model, TextRequest request)
    {
        var pieces = new List<TextPiece>();
        await foreach (var piece in model.GenerateAsync(request, Ct))
            pieces.Add(piece);
        return pieces;
    }

    public static string Text(IEnumerable<TextPiece> pieces) => string.Concat(pieces.Select(piece => piece.Text));

    public static int[] Tokens(IEnumerable<TextPiece> pieces) => [.. pieces.Select(piece => piece.Token).OfType<int>()];
}

/// <param name="Logits">[prompt tokens, vocabulary].</param>
internal sealed record Golden(string Type, string Prompt, int[] PromptIds, int[] GreedyIds, string GreedyText, float[] Logits)
{
    public static IReadOnlyList<Golden> All { get; } = Read();

    private static List<Golden> Read()
    {
        string Folder(string file) => Repository.File("tests", "Orrery.Engine.Tests", "Golden", file);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Folder("stories260K.json")));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(golden => new Golden(
            golden.GetProperty("type").GetString()!,
            golden.GetProperty("prompt").GetString()!,
            Ids(golden.GetProperty("promptIds")),
            Ids(golden.GetProperty("greedyIds")),
            golden.GetProperty("greedyText").GetString()!,
            MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Folder(golden.GetProperty("logits").GetString()!))).ToArray()))];
    }

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];
}
