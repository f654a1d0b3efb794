using System.Globalization;
using System.Text.Json;
using Orrery.Platform.Access;

namespace Orrery.Platform.Audit;

/// <summary>An event as one line of JSON: the <c>Event</c> of <c>audit.k8s.io/v1</c> at level Metadata, so that tools for it read ours.</summary>
internal static class AuditJson
{
    /// <summary>With the line end.</summary>
    public static byte[] Line(AuditEvent e)
    {
        using var buffer = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, e);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, AuditEvent e)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, "Event"u8);
        json.WriteString("apiVersion"u8, "audit.k8s.io/v1"u8);
        json.WriteString("level"u8, "Metadata"u8);
        json.WriteString("auditID"u8, e.Id);
        json.WriteString("stage"u8, e.Stage.ToString());
        json.WriteString("requestURI"u8, e.RequestUri);
        json.WriteString("verb"u8, e.Request.Verb);
        WriteUser(json, e.Caller);
        WriteList(json, "sourceIPs", [e.SourceIp]);
        json.WriteString("userAgent"u8, e.UserAgent);
        if (e.Request.Path is null)
            WriteObject(json, e);
        if (e.Code is { } code)
            WriteStatus(json, code, e.Reason);
        json.WriteString("requestReceivedTimestamp"u8, Time(e.Received));
        json.WriteString("stageTimestamp"u8, Time(e.Reached));
        json.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter json, Caller? caller)
    {
        json.WriteStartObject("user"u8);
        if (caller is not null)
        {
            json.WriteString("username"u8, caller.Name);
            WriteList(json, "groups", caller.Groups);
            if (caller.Credential.Length > 0)
            {
                json.WriteStartObject("extra"u8);
                WriteList(json, "authentication.kubernetes.io/credential-id", [caller.Credential]);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, AuditEvent e)
    {
        string[] resource = e.Request.Resource.Split('/', 2);
        json.WriteStartObject("objectRef"u8);
        json.WriteString("resource"u8, resource[0]);
        Optional("namespace", e.Request.Namespace);
        Optional("name", e.Request.Name);
        Optional("apiGroup", e.Request.Group);
        Optional("apiVersion", e.Version);
        Optional("subresource", resource.ElementAtOrDefault(1));
        json.WriteEndObject();

        void Optional(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                json.WriteString(name, value);
        }
    }

    private static void WriteStatus(Utf8JsonWriter json, int code, string? reason)
    {
        json.WriteStartObject("responseStatus"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteEndObject();
        if (code >= 400)
            json.WriteString("status"u8, "Failure"u8);
        if (reason is not null)
            json.WriteString("reason"u8, reason);
        json.WriteNumber("code"u8, code);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
