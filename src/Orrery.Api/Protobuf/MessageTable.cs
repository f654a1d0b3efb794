namespace Orrery.Api.Protobuf;

/// <summary>How one field of a message becomes JSON.</summary>
internal abstract record FieldForm
{
    public static FieldForm Text { get; } = new TextForm();
    public static FieldForm Texts { get; } = new TextForm(Repeated: true);
    public static FieldForm Flag { get; } = new FlagForm();
    public static FieldForm Whole { get; } = new WholeForm();
    public static FieldForm Time { get; } = new TimeForm();
    public static FieldForm TextMap { get; } = new MapForm(Base64: false);

    /// <summary>Values are bytes, base64 in JSON.</summary>
    public static FieldForm BytesMap { get; } = new MapForm(Base64: true);

    public static FieldForm Message(MessageTable table) => new MessageForm(table);

    public static FieldForm Messages(MessageTable table) => new MessageForm(table, Repeated: true);

    public sealed record TextForm(bool Repeated = false) : FieldForm;

    public sealed record FlagForm : FieldForm;

    public sealed record WholeForm : FieldForm;

    /// <summary>A message of seconds since 1970 and nanoseconds; RFC 3339 in JSON.</summary>
    public sealed record TimeForm : FieldForm;

    public sealed record MapForm(bool Base64) : FieldForm;

    public sealed record MessageForm(MessageTable Table, bool Repeated = false) : FieldForm;
}

/// <summary>The fields of one message by their numbers. Tables never contain themselves, so they bound how deep a message nests.</summary>
internal sealed class MessageTable(params IEnumerable<(int Number, string Name, FieldForm Form)> fields)
{
    private readonly Dictionary<int, (string Name, FieldForm Form)> _fields = fields.ToDictionary(f => f.Number, f => (f.Name, f.Form));

    /// <summary>Null for a number that is not in the table: such fields are left out, as protobuf asks of readers.</summary>
    public (string Name, FieldForm Form)? Find(int number) => _fields.TryGetValue(number, out var field) ? field : null;
}
