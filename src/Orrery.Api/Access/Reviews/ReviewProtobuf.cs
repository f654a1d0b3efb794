using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Objects;
using Orrery.Wire.Http;

namespace Orrery.Api.Access.Reviews;

/// <summary>
/// Reviews as protocol buffers, which kubectl from 1.32 sends and nothing else: four bytes <c>k8s\0</c>, then a message <c>Unknown</c>
/// with the type (1) and the object (2). Only what a question holds is read; whatever else is there is passed over. Answers are JSON.
/// </summary>
internal static class ReviewProtobuf
{
    private const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly string[] TypeFields = ["", "apiVersion", "kind"];
    private static readonly string[] ResourceFields = ["", "namespace", "verb", "group", "version", "resource", "subresource", "name"];
    private static readonly string[] PathFields = ["", "path", "verb"];

    public static bool IsSent(HttpRequest request) => request.ContentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) is true;

    public static async Task<ObjectBody> ReadAsync(HttpContext http, ReviewKind kind, int maxBytes)
    {
        if (await RequestBody.ReadAsync(http, maxBytes) is not RequestBody.Whole { Bytes: var bytes })
            return new ObjectBody.Refused(Refusal.TooLarge(maxBytes));
        return Parse(bytes.Span, kind) is { } json
            ? new ObjectBody.Read(json)
            : new ObjectBody.Refused(Refusal.BadRequest($"the body is not a {kind.Name} in the form of {MediaType}; JSON is understood too"));
    }

    /// <summary>Null: malformed.</summary>
    public static JsonObject? Parse(ReadOnlySpan<byte> bytes, ReviewKind kind)
    {
        if (!bytes.StartsWith("k8s\0"u8) || Fields(bytes[4..]) is not { } unknown)
            return null;
        var review = new JsonObject();
        foreach (var (number, value) in unknown)
        {
            bool good = number switch
            {
                1 => Texts(value, TypeFields, review),
                2 => Object(value, kind, review),
                _ => true,
            };
            if (!good)
                return null;
        }
        return review;
    }

    private static bool Object(byte[] bytes, ReviewKind kind, JsonObject review)
    {
        if (Fields(bytes) is not { } fields)
            return false;
        if (fields.LastOrDefault(f => f.Number == 2).Value is not { } specBytes || kind.Plural == ReviewKind.Self.Plural)
            return true;
        if (Fields(specBytes) is not { } specFields)
            return false;
        var spec = new JsonObject();
        review["spec"] = spec;
        return kind == ReviewKind.SelfRules ? Texts(specBytes, ["", "namespace"], spec) : specFields.TrueForAll(f => Question(f.Number, f.Value, spec));
    }

    private static bool Question(int number, byte[] value, JsonObject spec)
    {
        var nested = new JsonObject();
        switch (number)
        {
            case 1:
                spec["resourceAttributes"] = nested;
                return Texts(value, ResourceFields, nested);
            case 2:
                spec["nonResourceAttributes"] = nested;
                return Texts(value, PathFields, nested);
            case 3:
                spec["user"] = Encoding.UTF8.GetString(value);
                return true;
            case 4:
                if (spec["groups"] is not JsonArray groups)
                    spec["groups"] = groups = [];
                groups.Add((JsonNode?)JsonValue.Create(Encoding.UTF8.GetString(value)));
                return true;
            default:
                return true;
        }
    }

    private static bool Texts(byte[] bytes, string[] names, JsonObject into)
    {
        if (Fields(bytes) is not { } fields)
            return false;
        foreach (var (number, value) in fields.Where(f => f.Number < names.Length))
            into[names[number]] = Encoding.UTF8.GetString(value);
        return true;
    }

    /// <summary>The fields of a message that have a length; numbers are passed over. Null: malformed.</summary>
    private static List<(int Number, byte[] Value)>? Fields(ReadOnlySpan<byte> bytes)
    {
        var fields = new List<(int, byte[])>();
        while (bytes.Length > 0)
        {
            if (!TryVarint(ref bytes, out ulong tag) || tag >> 3 is 0 or > int.MaxValue)
                return null;
            ulong length = 0;
            switch (tag & 7)
            {
                case 0 when TryVarint(ref bytes, out _):
                    continue;
                case 1:
                    length = 8;
                    break;
                case 5:
                    length = 4;
                    break;
                case 2 when TryVarint(ref bytes, out length):
                    break;
                default:
                    return null;
            }
            if (length > (ulong)bytes.Length)
                return null;
            if ((tag & 7) == 2)
                fields.Add(((int)(tag >> 3), bytes[..(int)length].ToArray()));
            bytes = bytes[(int)length..];
        }
        return fields;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
