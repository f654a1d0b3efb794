using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orrery.Resources.Schema;

namespace Orrery.Resources;

/// <summary>
/// What the store, the API and the CLI must know of a kind: its names, its scope and the record that is its typed view.
/// One static instance per kind (<see cref="Kinds"/>); compared by reference.
/// </summary>
public sealed class ResourceKind
{
    private FieldSchema? _schema;

    /// <summary>Empty for the Kubernetes core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    /// <summary>CamelCase singular: <c>InferenceService</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Lower-case plural as in URLs: <c>inferenceservices</c>.</summary>
    public required string Plural { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Groups of kinds that one word lists, such as <c>models</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    public required bool Namespaced { get; init; }

    /// <summary>True: status is written only through the status subresource, and spec only without it.</summary>
    public bool HasStatus { get; init; }

    /// <summary>The status that a new object has. Null: none.</summary>
    public Func<JsonObject>? InitialStatus { get; init; }

    /// <summary>Whether <c>metadata.generation</c> counts the changes of what is asked for. Some of Kubernetes' own kinds have none.</summary>
    public bool HasGeneration { get; init; } = true;

    /// <summary>Null: it has no number of replicas that could be scaled.</summary>
    public ScalePaths? Scale { get; init; }

    /// <summary>Columns between NAME and AGE.</summary>
    public IReadOnlyList<PrinterColumn> Columns { get; init; } = [];

    /// <summary>Every column of the table in order: NAME, <see cref="Columns"/>, AGE, unless the kind prints others.</summary>
    public IReadOnlyList<PrinterColumn> Printed
    {
        get => field ?? [PrinterColumn.NameColumn, .. Columns, PrinterColumn.AgeColumn];
        init;
    }

    /// <summary>Paths without the leading dot that field selectors may name, beside metadata.name and metadata.namespace.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>
    /// Null: clients write objects of this kind. Else a part of this program writes them through the store, clients only read and delete
    /// them, and this sentence says where they come from.
    /// </summary>
    public string? MadeElsewhere { get; init; }

    /// <summary>The typed view: gives the fields that are known.</summary>
    public required JsonTypeInfo View { get; init; }

    /// <summary>All that is wrong with a document of this kind, each line starting with a field's path. Empty: valid.</summary>
    public required Func<Document, IReadOnlyList<string>> Problems { get; init; }

    /// <summary>What is wrong with changing the first document, as stored, into the second, beside what is wrong with the second itself.</summary>
    public Func<Document, Document, IReadOnlyList<string>>? ChangeProblems { get; init; }

    /// <summary>Fills in defaults before validation: the kind's own, then those of its schema.</summary>
    public Action<JsonObject> Defaults
    {
        get => json =>
        {
            field?.Invoke(json);
            SchemaDefaults.Apply(json, Schema);
        };
        init;
    }

    /// <summary>What its documents may hold. Built when first asked for.</summary>
    public FieldSchema Schema => LazyInitializer.EnsureInitialized(ref _schema, () => SchemaBuilder.Of(View));

    /// <summary>True: its objects are made from this program itself, and nobody writes them.</summary>
    public bool ReadOnly { get; init; }

    public string Singular => Name.ToLowerInvariant();

    /// <summary><c>orrery.dev/v1alpha1</c>, or <c>v1</c> for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>inferenceservices.orrery.dev</c>: how messages name the kind.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public ResourceKey Key(string name) => new(this, "", name);

    public ResourceKey Key(string? ns, string name) => new(this, Namespaced ? ns ?? "" : "", name);

    public override string ToString() => QualifiedPlural;
}

/// <summary>A column of the table that <c>get</c> prints.</summary>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c> or <c>date</c>.</param>
/// <param name="Path">The JSONPath subset of <see cref="Schema.FieldPath"/>; empty where <see cref="Cell"/> makes the text.</param>
/// <param name="Priority">0: always shown. Above: only by <c>-o wide</c>.</param>
public sealed record PrinterColumn(string Name, string Type, string Path, string Description, int Priority = 0)
{
    public static PrinterColumn NameColumn { get; } = new("Name", "string", ".metadata.name", "Name of the object, unique among its kind in its namespace.") { Format = "name" };

    public static PrinterColumn AgeColumn { get; } = new("Age", "date", ".metadata.creationTimestamp", "Time since the object was created.");

    public string Format { get; init; } = "";

    /// <summary>For what no path can say: from the object to the cell's text.</summary>
    public Func<JsonNode, string>? Cell { get; init; }

    public string Text(JsonNode json) => Cell is null ? FieldPath.Text(json, Path) : Cell(json);

    /// <summary>Whether somebody acts on the object, and why not.</summary>
    public static IReadOnlyList<PrinterColumn> Accepted { get; } =
    [
        new("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status", "False: nobody acts on it."),
        new("Reason", "string", ".status.conditions[?(@.type==\"Accepted\")].reason", "Why it is or is not accepted."),
    ];
}
