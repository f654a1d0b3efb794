using System.Text.Json.Nodes;
using Orrery.Cli.Pulling;

namespace Orrery.Cli.Tests.Pulling;

public sealed class UnusedModelsTests
{
    private static JsonObject Model(string kind, string name, string? ns = null, string uri = "hf://org/m", bool pinned = false) => new()
    {
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["annotations"] = new JsonObject { ["orrery.dev/pinned"] = pinned ? "true" : "false" } },
        ["spec"] = new JsonObject { ["storage"] = new JsonObject { ["storageUri"] = uri } },
        ["status"] = new JsonObject { ["sizeBytes"] = 9L, ["unsharedBytes"] = 7L },
    };

    private static JsonObject Service(string ns, string model, string? kind = null, string? weight = null) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "s", ["namespace"] = ns },
        ["spec"] = new JsonObject { ["model"] = new JsonObject { ["name"] = model, ["kind"] = kind, ["fineTunedWeights"] = weight is null ? null : new JsonArray(weight) } },
    };

    [Fact]
    public void Only_what_was_fetched_and_nobody_uses_or_pinned_goes()
    {
        var unused = UnusedModels.Among(
            [
                Model("ClusterBaseModel", "local", uri: "file:///m.gguf"), Model("ClusterBaseModel", "pinned", pinned: true), Model("ClusterBaseModel", "used"), Model("ClusterBaseModel", "free"),
                Model("BaseModel", "here", "team"), Model("BaseModel", "used", "other"), Model("ClusterBaseModel", "named"), Model("BaseModel", "named", "team"),
                Model("FineTunedWeight", "tone", "team"), Model("FineTunedWeight", "tone", "other"), Model("FineTunedWeight", "used", "team"),
            ],
            [Service("team", "used", weight: "tone"), Service("team", "here"), Service("team", "named", "BaseModel")]);

        Assert.Equal(["clusterbasemodel/free", "clusterbasemodel/named", "finetunedweight/tone in other", "basemodel/used in other", "finetunedweight/used in team"], unused.Select(u => u.Title));
        Assert.All(unused, u => Assert.Equal(7, u.Bytes));
    }
}
