using System.Text.Json;
using Orrery.Engine.Tests.Architectures;

namespace Orrery.Engine.Tests.Adapters;

/// <summary>An adapter with weights by formula for every linear map of a reference case, written as PEFT does.</summary>
internal static class MadeAdapter
{
    public const int Rank = 3;
    public const float Scale = 2;

    /// <summary>The linear maps of a case: what its checkpoint has as matrices, but for the embedding.</summary>
    public static IReadOnlyList<(string Module, int Rows, int Cols)> ModulesOf(ReferenceCase model)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(model.File("tensors.json")));
        return [.. from tensor in json.RootElement.GetProperty("tensors").EnumerateArray()
                   let name = tensor.GetProperty("name").GetString()!
                   let shape = tensor.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).ToArray()
                   where shape.Length == 2 && name.EndsWith(".weight", StringComparison.Ordinal) && !name.Contains("embed_tokens", StringComparison.Ordinal)
                   select (name[..^".weight".Length], shape[0], shape[1])];
    }

    /// <param name="name">Of the folder in <paramref name="to"/>; the weights differ with it.</param>
    /// <param name="amplitude">Of B's weights.</param>
    /// <returns>The folder.</returns>
    public static string Write(TempFolder to, string name, IEnumerable<(string Module, int Rows, int Cols)> modules, double amplitude = 0.05)
    {
        string folder = Directory.CreateDirectory(to.File(name)).FullName;
        var tensors = modules.SelectMany(module => new[]
        {
            new { name = $"base_model.model.{module.Module}.lora_A.weight", shape = new[] { Rank, module.Cols }, offset = 0.0, amplitude = 1.7 / Math.Sqrt(module.Cols) },
            new { name = $"base_model.model.{module.Module}.lora_B.weight", shape = new[] { module.Rows, Rank }, offset = 0.0, amplitude },
        });
        File.WriteAllText(to.File(name + ".json"), JsonSerializer.Serialize(new { salt = name, tensors }));
        ReferenceCase.WriteTensors(to.File(name + ".json"), Path.Combine(folder, "adapter_model.safetensors"));
        WriteConfig(folder);
        return folder;
    }

    /// <param name="more">Further members of the JSON object, each with a comma in front.</param>
    public static void WriteConfig(string folder, string more = "")
        => File.WriteAllText(Path.Combine(folder, "adapter_config.json"), $$"""{"peft_type": "LORA", "r": {{Rank}}, "lora_alpha": {{Rank * Scale}}, "bias": "none"{{more}}}""");
}
