using System.Net;
using System.Text.Json.Nodes;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>A model with adapters, chosen by the model's name in a request.</summary>
public sealed class AdapterTests
{
    private static readonly TextModelCard Card = new("scripted", "none", 512, null) { Adapters = ["pirate", "poet:old"] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pirate", "pirate")]
    [InlineData("planets:pirate", "pirate")]
    [InlineData("a:b:pirate", "pirate")]
    [InlineData("poet:old", "poet:old")]
    [InlineData("planets:poet:old", "poet:old")]
    [InlineData("scripted", null)]
    [InlineData("planets", null)]
    [InlineData("mypirate", null)]
    [InlineData("", null)]
    public async Task The_models_name_chooses_the_adapter(string name, string? adapter)
    {
        var model = new ScriptedModel { Card = Card };
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var completion = await replica.PostAsync("/v1/completions", $$"""{"model":"{{name}}","prompt":"x"}""");
        using var chat = await replica.PostAsync("/v1/chat/completions", $$"""{"model":"{{name}}","messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (completion.StatusCode, chat.StatusCode));
        Assert.Equal([adapter, adapter], model.Requests.Select(request => request.Adapter));
    }

    [Theory]
    [InlineData("planets:pirat", "pirat")]
    [InlineData("planets:", "")]
    [InlineData("scripted:poet", "poet")]
    public async Task An_adapter_that_is_not_there_is_refused_with_those_that_are(string name, string asked)
    {
        var model = new ScriptedModel { Card = Card };
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/completions", $$"""{"model":"{{name}}","prompt":"x"}""");
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["error"]!;

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(("model_not_found", "model"), ((string)error["code"]!, (string)error["param"]!));
        Assert.Equal($"'{name}' asks for the adapter '{asked}', which this model does not have. It has: pirate, poet:old.", (string)error["message"]!);
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task A_model_without_adapters_answers_under_any_name()
    {
        var model = new ScriptedModel();
        await using var replica = await ReplicaUnderTest.StartWarmAsync(model);

        using var response = await replica.PostAsync("/v1/completions", """{"model":"llama3:8b","prompt":"x"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(model.Requests.Single().Adapter);
    }

    [Fact]
    public async Task The_list_of_models_has_the_base_and_its_adapters()
    {
        await using var replica = await ReplicaUnderTest.StartAsync(new ScriptedModel { Card = Card });

        var list = JsonNode.Parse(await replica.Client.GetStringAsync("/v1/models", Ct))!["data"]!.AsArray();

        Assert.Equal([("scripted", null), ("pirate", "scripted"), ("poet:old", "scripted")], list.Select(entry => ((string)entry!["id"]!, (string?)entry["parent"])));
        Assert.False(list[0]!.AsObject().ContainsKey("parent"));
    }
}
