using System.Text;
using System.Text.Json.Nodes;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Responses;

namespace Orrery.Wire.Tests.Responses;

/// <summary>Answers to a small request, and what stands in them.</summary>
internal static class Answers
{
    /// <param name="more">Further fields of the request.</param>
    public static ResponsesAnswer New(string more = "")
        => Assert.IsType<ReadOutcome<ResponsesRequest>.Ok>(
            ResponsesRequest.Read(Encoding.UTF8.GetBytes($$"""{"model":"m","input":"x"{{more}}}"""), [], mayStore: true, DateTimeOffset.FromUnixTimeSeconds(1234))).Request.Answer;

    /// <summary>The items without their ids, of which each must have one of its own.</summary>
    public static string Items(JsonNode response)
    {
        var items = response["output"]!.DeepClone().AsArray();
        var ids = items.Select(item => (string)item!["id"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        foreach (var item in items)
            item!.AsObject().Remove("id");
        return items.ToJsonString();
    }
}
