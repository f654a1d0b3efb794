using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Tests.Schema;

/// <summary>Docstrings reach the schema through a file that is compiled in; here it is made from what the compiler wrote, and held equal to it.</summary>
public sealed partial class DescriptionTests
{
    private static readonly string Expected = Repository.File("src", "Orrery.Resources", "Schema", "Descriptions.json");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_descriptions_that_are_compiled_in_are_the_docstrings()
    {
        string made = Made().ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
            await File.WriteAllTextAsync(Expected, made, TestContext.Current.CancellationToken);

        Assert.True(
            made == await File.ReadAllTextAsync(Expected, TestContext.Current.CancellationToken),
            "A docstring in Orrery.Resources changed. Run the tests of Orrery.Resources once with UPDATE_EXPECTED=1, commit Descriptions.json and build again.");
    }

    [Fact]
    public void Every_field_of_our_kinds_has_a_description()
    {
        var missing = new List<string>();
        foreach (var kind in Kinds.All.Where(k => k.Group == Kinds.Group))
        {
            if (kind.Schema.Description is null)
                missing.Add(kind.Name);
            foreach (var property in kind.Schema.Properties.Where(p => p.Name is "spec" or "status"))
                Walk(property.Schema, $"{kind.Name}.{property.Name}", missing);
        }

        Assert.Empty(missing.Distinct());
    }

    private static void Walk(FieldSchema schema, string path, List<string> missing)
    {
        foreach (var property in schema.Properties)
        {
            if (property.Schema.Description is null)
                missing.Add($"{path}.{property.Name}");
            Walk(property.Schema, $"{path}.{property.Name}", missing);
        }
        if (schema.Elements is { } elements)
            Walk(elements, $"{path}[]", missing);
    }

    /// <summary>Records and their properties, sorted, without the namespace that all share.</summary>
    private static JsonObject Made()
    {
        var members = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Orrery.Resources.xml")).Descendants("member")
            .Select(m => (Id: m.Attribute("name")!.Value, Summary: m.Element("summary")))
            .Where(m => m.Id[0] is 'T' or 'P' && m.Summary is not null && Views.Contains(Record(m.Id)))
            .OrderBy(m => m.Id[2..], StringComparer.Ordinal);
        return new JsonObject(members.Select(m => KeyValuePair.Create(Name(m.Id), (JsonNode?)Text(m.Summary!))));
    }

    private static readonly HashSet<string> Views = [.. Kinds.All.SelectMany(k => Records(k.Schema)).Select(Of)];

    private static IEnumerable<Type> Records(FieldSchema schema) =>
    [
        .. schema.View is { } view ? Ancestors(view.Type) : [],
        .. schema.Properties.SelectMany(p => Records(p.Schema)),
        .. schema.Elements is { } elements ? Records(elements) : [],
    ];

    private static IEnumerable<Type> Ancestors(Type type)
    {
        for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
            yield return at;
    }

    private static string Of(Type type) => type.FullName!;

    private static string Record(string id) => id[0] == 'T' ? id[2..] : id[2..id.LastIndexOf('.')];

    private static string Name(string id) => id[2..].Replace("Orrery.Resources.", "", StringComparison.Ordinal);

    private static string Text(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
        {
            text.Append(node switch
            {
                XElement { Name.LocalName: "see" } see => JsonNamingPolicy.CamelCase.ConvertName(see.Attribute("cref")!.Value.Split('.')[^1]),
                XElement element => element.Value,
                XText words => words.Value,
                _ => "",
            });
        }
        return Spaces().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
