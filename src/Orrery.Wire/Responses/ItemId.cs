namespace Orrery.Wire.Responses;

/// <summary>Ids as OpenAI's look: what it is, and something random.</summary>
internal static class ItemId
{
    public const string Response = "resp", Message = "msg", Reasoning = "rs", Call = "fc", Result = "fco", CallOfModel = "call";

    public static string New(string of) => $"{of}_{Guid.NewGuid():N}";
}
