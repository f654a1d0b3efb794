using System.Text;
using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Api.Objects;

/// <summary>
/// Kubernetes' protocol buffers, as far as <c>kubectl create secret</c>, <c>configmap</c> and <c>namespace</c> send them: from 1.33 on they know
/// nothing else. Field numbers are those of <c>k8s.io/api/core/v1/generated.proto</c>. Answers are JSON, which the same clients take.
/// </summary>
internal static class KubernetesProtobuf
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly Message Owner = new(new()
    {
        [1] = new("kind", Form.Text), [3] = new("name", Form.Text), [4] = new("uid", Form.Text), [5] = new("apiVersion", Form.Text),
        [6] = new("controller", Form.Truth), [7] = new("blockOwnerDeletion", Form.Truth),
    });

    private static readonly Message Metadata = new(new()
    {
        [1] = new("name", Form.Text), [2] = new("generateName", Form.Text), [3] = new("namespace", Form.Text), [5] = new("uid", Form.Text),
        [6] = new("resourceVersion", Form.Text), [7] = new("generation", Form.Number), [11] = new("labels", Form.TextMap),
        [12] = new("annotations", Form.TextMap), [13] = new("ownerReferences", Form.Messages, Owner), [14] = new("finalizers", Form.Texts),
    });

    private static readonly Dictionary<string, Message> ByKind = new()
    {
        ["Secret"] = new(new()
        {
            [1] = new("metadata", Form.Message, Metadata), [2] = new("data", Form.BytesMap), [3] = new("type", Form.Text), [4] = new("stringData", Form.TextMap),
            [5] = new("immutable", Form.Truth),
        }),
        ["ConfigMap"] = new(new()
        {
            [1] = new("metadata", Form.Message, Metadata), [2] = new("data", Form.TextMap), [3] = new("binaryData", Form.BytesMap), [4] = new("immutable", Form.Truth),
        }),
        ["Namespace"] = new(new()
        {
            [1] = new("metadata", Form.Message, Metadata),
            [2] = new("spec", Form.Message, new(new() { [1] = new("finalizers", Form.Texts) })),
            [3] = new("status", Form.Message, new(new() { [1] = new("phase", Form.Text) })),
        }),
    };

    private static readonly Message TypeMeta = new(new() { [1] = new("apiVersion", Form.Text), [2] = new("kind", Form.Text) });

    private enum Form
    {
        Text,
        Texts,
        Number,
        Truth,
        TextMap,
        BytesMap,
        Message,
        Messages,
    }

    private sealed record Field(string Name, Form Form, Message? Inner = null);

    private sealed record Message(Dictionary<int, Field> Fields);

    public static bool Reads(ResourceKind kind) => kind.ApiVersion == "v1" && ByKind.ContainsKey(kind.Name);

    /// <summary>The four bytes <c>k8s\0</c>, then a <c>runtime.Unknown</c>: the kind in field 1, the object's own message in field 2.</summary>
    /// <exception cref="InvalidDocumentException">Anything else.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("k8s\0"u8))
            throw new InvalidDocumentException("the body is no Kubernetes protocol buffer");
        ReadOnlySpan<byte> type = [], raw = [];
        var reader = new WireReader(body[4..]);
        while (reader.Next(out int number, out _, out var bytes))
        {
            if (number == 1)
                type = bytes;
            else if (number == 2)
                raw = bytes;
        }
        var json = Read(type, TypeMeta);
        if ((string?)json["apiVersion"] != "v1" || !ByKind.TryGetValue((string?)json["kind"] ?? "", out var message))
            throw new InvalidDocumentException($"kind: '{json["apiVersion"]} {json["kind"]}' is not read from protocol buffers; send JSON");
        foreach (var (name, value) in Read(raw, message))
            json[name] = value?.DeepClone();
        return json;
    }

    private static JsonObject Read(ReadOnlySpan<byte> bytes, Message message)
    {
        var json = new JsonObject();
        var reader = new WireReader(bytes);
        while (reader.Next(out int number, out ulong value, out var inner))
        {
            if (message.Fields.TryGetValue(number, out var field))
                Set(json, field, value, inner);
        }
        return json;
    }

    // What is empty was only left unset: these messages write every field that is no pointer.
    private static void Set(JsonObject json, Field field, ulong value, ReadOnlySpan<byte> bytes)
    {
        switch (field.Form)
        {
            case Form.Text when bytes.Length > 0:
                json[field.Name] = Text(bytes);
                break;
            case Form.Number when value != 0:
                json[field.Name] = (long)value;
                break;
            case Form.Truth:
                json[field.Name] = value != 0;
                break;
            case Form.Message when Read(bytes, field.Inner!) is { Count: > 0 } inner:
                json[field.Name] = inner;
                break;
            case Form.Texts:
                (json[field.Name] ??= new JsonArray()).AsArray().Add((JsonNode)Text(bytes));
                break;
            case Form.Messages:
                (json[field.Name] ??= new JsonArray()).AsArray().Add((JsonNode)Read(bytes, field.Inner!));
                break;
            case Form.TextMap or Form.BytesMap:
                ReadOnlySpan<byte> key = [], entry = [];
                var reader = new WireReader(bytes);
                while (reader.Next(out int number, out _, out var part))
                {
                    if (number == 1)
                        key = part;
                    else if (number == 2)
                        entry = part;
                }
                (json[field.Name] ??= new JsonObject()).AsObject()[Text(key)] = field.Form == Form.TextMap ? Text(entry) : Convert.ToBase64String(entry);
                break;
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8)
        => System.Text.Unicode.Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw new InvalidDocumentException("the body holds text that is not valid UTF-8");

    private ref struct WireReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _left = bytes;

        /// <param name="value">Of a number.</param>
        /// <param name="inner">Of text, bytes or a message.</param>
        public bool Next(out int number, out ulong value, out ReadOnlySpan<byte> inner)
        {
            number = 0;
            value = 0;
            inner = [];
            if (_left.IsEmpty)
                return false;
            ulong tag = Varint();
            number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    value = Varint();
                    return true;
                case 1:
                    inner = Take(8);
                    return true;
                case 2:
                    inner = Take(Varint());
                    return true;
                case 5:
                    inner = Take(4);
                    return true;
                default:
                    throw Broken();
            }
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                byte next = Take(1)[0];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
            }
            throw Broken();
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)_left.Length)
                throw Broken();
            var taken = _left[..(int)length];
            _left = _left[(int)length..];
            return taken;
        }

        private static InvalidDocumentException Broken() => new("the body is a broken protocol buffer");
    }
}
