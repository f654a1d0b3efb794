using System.Text.Json;

namespace Orrery.Api;

/// <summary>One of the things that are wrong with a request, as a Kubernetes <c>Status</c> lists them.</summary>
/// <param name="Reason">One word for programs: <c>FieldValueInvalid</c>, <c>FieldManagerConflict</c>.</param>
/// <param name="Field">Its path; null: of the whole.</param>
internal sealed record StatusCause(string Reason, string Message, string? Field)
{
    private static readonly (string Start, string Reason)[] Reasons =
    [
        ("Required value", "FieldValueRequired"),
        ("must be set", "FieldValueRequired"),
        ("Unsupported value", "FieldValueNotSupported"),
        ("Forbidden", "FieldValueForbidden"),
        ("Too long", "FieldValueTooLong"),
        ("Duplicate value", "FieldValueDuplicate"),
    ];

    /// <param name="problem">A line that starts with a field's path.</param>
    public static StatusCause Of(string problem)
    {
        int end = problem.IndexOf(": ", StringComparison.Ordinal);
        string message = end < 0 ? problem : problem[(end + 2)..];
        string reason = Reasons.FirstOrDefault(r => message.StartsWith(r.Start, StringComparison.Ordinal)).Reason ?? "FieldValueInvalid";
        return new StatusCause(reason, message, end > 0 ? problem[..end] : null);
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("reason"u8, Reason);
        writer.WriteString("message"u8, Message);
        if (Field is not null)
            writer.WriteString("field"u8, Field);
        writer.WriteEndObject();
    }
}
