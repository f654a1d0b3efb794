using System.Collections.Immutable;
using System.Text.Json;
using Orrery.Models.Json;

namespace Orrery.Models.Adapters;

/// <summary><c>adapter_config.json</c> as PEFT writes it, for what is computed with. Whatever else would change numbers is refused by name.</summary>
internal sealed record LoraConfig
{
    public const int MaxRank = 1 << 16;

    // Off as null, false, or empty. All use_… but use_rslora are treated alike: DoRA, QALoRA and those to come.
    private static readonly string[] MustBeOff =
        ["modules_to_save", "lora_bias", "layer_replication", "target_parameters", "trainable_token_indices", "alora_invocation_tokens", "arrow_config"];

    /// <summary>Ways to begin the training that leave the base as it is; the others change it, and the adapter is for the changed one.</summary>
    private static readonly string[] InitialWeights = ["gaussian", "eva", "orthogonal"];

    private const string Stabilise = "use_rslora", Use = "use_";

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>Scales are alpha / sqrt(rank).</summary>
    public required bool Stabilised { get; init; }

    /// <summary>Ranks of single modules, in the file's order: the first that fits counts.</summary>
    public required ImmutableArray<(string Module, int Rank)> Ranks { get; init; }

    /// <summary>Likewise.</summary>
    public required ImmutableArray<(string Module, double Alpha)> Alphas { get; init; }

    /// <exception cref="InvalidModelFileException">It is no LoRA adapter, or one with something that is not computed.</exception>
    public static LoraConfig Read(JsonPart json)
    {
        var kind = json.Get("peft_type");
        if (kind.Text() is not "LORA")
            throw kind.Invalid($"is {InvalidModelFileException.Quote(kind.Text())}; LORA is what works", "Use a LoRA adapter.");
        foreach (var (name, value) in json.Members())
        {
            bool mustBeOff = MustBeOff.Contains(name) || (name.StartsWith(Use, StringComparison.Ordinal) && name != Stabilise);
            if (mustBeOff && IsOn(value))
                throw value.Invalid("asks for what is not implemented", "Merge the adapter into its base with PEFT and use the merged model.");
        }
        if (json.Find("bias") is { } bias && bias.Text() is not "none")
            throw bias.Invalid($"is {InvalidModelFileException.Quote(bias.Text())}; biases in adapters are not implemented", "Merge the adapter into its base with PEFT and use the merged model.");
        if (json.Find("init_lora_weights") is { Kind: JsonValueKind.String } initial && !InitialWeights.Contains(initial.Text()))
        {
            throw initial.Invalid(
                $"is {InvalidModelFileException.Quote(initial.Text())}, which changes the base too", "Save the adapter with path_initial_model_for_weight_conversion, which makes it one for the unchanged base.");
        }
        return new LoraConfig
        {
            Rank = (int)json.Get("r").WholeNumber(1, MaxRank),
            Alpha = json.Get("lora_alpha").Number(),
            Stabilised = json.TruthOf(Stabilise) ?? false,
            Ranks = Patterns(json, "rank_pattern", value => (int)value.WholeNumber(1, MaxRank)),
            Alphas = Patterns(json, "alpha_pattern", value => value.Number()),
        };
    }

    /// <param name="module">As PEFT knows it: <c>model.layers.0.self_attn.q_proj</c>.</param>
    public int RankOf(string module)
    {
        foreach (var (name, rank) in Ranks)
        {
            if (IsMeant(name, module))
                return rank;
        }
        return Rank;
    }

    public float ScaleOf(string module)
    {
        double alpha = Alpha;
        foreach (var (name, own) in Alphas)
        {
            if (!IsMeant(name, module))
                continue;
            alpha = own;
            break;
        }
        int rank = RankOf(module);
        return (float)(alpha / (Stabilised ? Math.Sqrt(rank) : rank));
    }

    private static bool IsOn(JsonPart value) => value.Kind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Array or JsonValueKind.Object => value.Count() > 0,
        _ => true,
    };

    private static bool IsMeant(string name, string module) => module == name || module.EndsWith("." + name, StringComparison.Ordinal);

    /// <summary>PEFT reads the keys as regular expressions over the end of a module's name; those that are plain names are all that is written in practice.</summary>
    private static ImmutableArray<(string, T)> Patterns<T>(JsonPart json, string key, Func<JsonPart, T> read)
    {
        if (json.Find(key) is not { } patterns)
            return [];
        var found = ImmutableArray.CreateBuilder<(string, T)>();
        foreach (var (name, value) in patterns.Members())
        {
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-'))
                throw value.Invalid("is no plain name of a module; other patterns are not implemented", "Write the names of the modules.");
            found.Add((name, read(value)));
        }
        return found.ToImmutable();
    }
}
