using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Bench;

/// <summary>One measured number.</summary>
/// <param name="Aim">What the design asks for, as text; empty: nothing.</param>
internal sealed record Figure(string Group, string Name, double Value, string Unit, string Aim = "");

internal static class Figures
{
    public static string Table(IReadOnlyList<Figure> figures)
    {
        int group = figures.Max(f => f.Group.Length);
        int name = figures.Max(f => f.Name.Length);
        var text = new StringBuilder();
        foreach (var f in figures)
            text.AppendLine($"{f.Group.PadRight(group)}  {f.Name.PadRight(name)}  {Number(f.Value),10} {f.Unit,-12}{(f.Aim.Length == 0 ? "" : $"  aim {f.Aim}")}");
        return text.ToString();
    }

    public static string Json(IReadOnlyList<Figure> figures)
        => new JsonArray([.. figures.Select(f => (JsonNode)new JsonObject
        {
            ["group"] = f.Group, ["name"] = f.Name, ["value"] = f.Value, ["unit"] = f.Unit, ["aim"] = f.Aim,
        })]).ToJsonString();

    private static string Number(double value)
        => value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
