using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Orrery.Resources.Text;
using Orrery.Resources;

namespace Orrery.Api.Protobuf;

/// <summary>
/// Objects as Kubernetes' typed clients send them, kubectl 1.32 and newer among them:
/// <code>
///   6b 38 73 00 │ runtime.Unknown: 1 typeMeta (1 apiVersion, 2 kind) │ 2 raw: the message │ 3 contentEncoding │ 4 contentType
/// </code>
/// Decoded by the tables of <see cref="KnownMessages"/> into the JSON that the same object has. Answers are always JSON, which these clients take.
/// </summary>
internal static class ProtobufObject
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly MessageTable TypeMeta = new((1, "apiVersion", FieldForm.Text), (2, "kind", FieldForm.Text));

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="InvalidDocumentException">Not such a body, damaged, or of a kind that has no table.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
            throw new InvalidDocumentException($"the body is not {MediaType}: it does not start with 'k8s' and a zero");
        JsonObject type = [];
        ReadOnlySpan<byte> raw = default;
        for (var reader = new WireReader(body[Magic.Length..]); !reader.AtEnd;)
        {
            var field = reader.Next();
            if (field is { Number: 1, Type: WireType.Bytes })
                type = Read(field.Bytes, TypeMeta, "typeMeta");
            else if (field is { Number: 2, Type: WireType.Bytes })
                raw = field.Bytes;
            else if (field is { Number: 3, Bytes.Length: > 0 })
                throw new InvalidDocumentException("contentEncoding: must be empty; send the object uncompressed");
        }

        string apiVersion = (string?)type["apiVersion"] ?? "", kind = (string?)type["kind"] ?? "";
        var table = KnownMessages.Find(apiVersion, kind) ?? throw new InvalidDocumentException(
            $"kind: '{Excerpt.Of(kind)}' of apiVersion '{Excerpt.Of(apiVersion)}' cannot be read as protobuf here, only {string.Join(", ", KnownMessages.Names)}; send {Json.MediaType}");
        JsonObject json = new() { ["apiVersion"] = apiVersion, ["kind"] = kind };
        foreach (var (name, value) in Read(raw, table, "").ToList())
            json[name] = value?.DeepClone();
        return json;
    }

    private static JsonObject Read(ReadOnlySpan<byte> message, MessageTable table, string path)
    {
        JsonObject json = [];
        for (var reader = new WireReader(message); !reader.AtEnd;)
        {
            var field = reader.Next();
            if (table.Find(field.Number) is not { } known)
                continue;
            string at = path.Length == 0 ? known.Name : $"{path}.{known.Name}";
            var expected = known.Form is FieldForm.FlagForm or FieldForm.WholeForm ? WireType.Varint : WireType.Bytes;
            if (field.Type != expected)
                throw new InvalidDocumentException($"{at}: has the wrong wire type");
            Add(json, known.Name, known.Form, field, at);
        }
        return json;
    }

    // Go's writers send every text and number, empty or not; in JSON the empty ones are left out.
    private static void Add(JsonObject json, string name, FieldForm form, WireField field, string at)
    {
        switch (form)
        {
            case FieldForm.TextForm { Repeated: true }:
                ListOf(json, name).Add((JsonNode)Text(field.Bytes, at));
                break;
            case FieldForm.TextForm when field.Bytes.Length > 0:
                json[name] = Text(field.Bytes, at);
                break;
            case FieldForm.FlagForm:
                json[name] = field.Value != 0;
                break;
            case FieldForm.WholeForm when field.Value != 0 || name is "gracePeriodSeconds":
                json[name] = (long)field.Value;
                break;
            case FieldForm.TimeForm when Time(field.Bytes, at) is { } time:
                json[name] = time;
                break;
            case FieldForm.MapForm map:
                var (key, value) = Entry(field.Bytes, map.Base64, at);
                if (json[name] is not JsonObject entries)
                    json[name] = entries = [];
                entries[key] = value;
                break;
            case FieldForm.MessageForm { Repeated: true } messages:
                ListOf(json, name).Add((JsonNode)Read(field.Bytes, messages.Table, at));
                break;
            case FieldForm.MessageForm message when Read(field.Bytes, message.Table, at) is { Count: > 0 } content:
                json[name] = content;
                break;
        }
    }

    private static (string Key, string Value) Entry(ReadOnlySpan<byte> entry, bool base64, string at)
    {
        string key = "", value = "";
        for (var reader = new WireReader(entry); !reader.AtEnd;)
        {
            var field = reader.Next();
            if (field.Type != WireType.Bytes)
                continue;
            if (field.Number == 1)
                key = Text(field.Bytes, at);
            else if (field.Number == 2)
                value = base64 ? Convert.ToBase64String(field.Bytes) : Text(field.Bytes, at);
        }
        return (key, value);
    }

    private static string? Time(ReadOnlySpan<byte> message, string at)
    {
        long seconds = 0, nanoseconds = 0;
        for (var reader = new WireReader(message); !reader.AtEnd;)
        {
            var field = reader.Next();
            if (field is { Number: 1, Type: WireType.Varint })
                seconds = (long)field.Value;
            else if (field is { Number: 2, Type: WireType.Varint })
                nanoseconds = (long)field.Value;
        }
        if (seconds == 0 && nanoseconds == 0)
            return null;
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() || nanoseconds is < 0 or > 999_999_999)
            throw new InvalidDocumentException($"{at}: is no time between the years 1 and 9999");
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
        return nanoseconds == 0
            ? time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : time.AddTicks(nanoseconds / 100).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
    }

    private static string Text(ReadOnlySpan<byte> utf8, string at)
        => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw new InvalidDocumentException($"{at}: is not valid UTF-8");

    private static JsonArray ListOf(JsonObject json, string name)
    {
        if (json[name] is not JsonArray list)
            json[name] = list = [];
        return list;
    }
}
