using System.Text.Json.Nodes;
using Orrery.Api.Protobuf;
using Orrery.Resources;
using static Orrery.Api.Tests.Protobuf.Wire;

namespace Orrery.Api.Tests.Protobuf;

public sealed class ProtobufObjectTests
{
    private const string Secrets = "/api/v1/namespaces/default/secrets";

    private static readonly byte[] Meta =
    [
        .. Text(1, "token"), .. Text(2, ""), .. Text(3, "default"), .. Text(4, ""), .. Text(5, ""), .. Text(6, ""), .. Whole(7, 0), .. Bytes(8, []),
        .. Entry(11, "team", "blue"u8.ToArray()),
        .. Bytes(13, [.. Text(1, "Secret"), .. Text(3, "owner"), .. Text(4, "u-1"), .. Text(5, "v1"), .. Whole(6, 1)]), .. Text(14, "a/b"),
        // managedFields, and a field that no version of Kubernetes has yet.
        .. Bytes(17, [.. Text(1, "kubectl")]), .. Whole(99, 7),
    ];

    private static readonly byte[] Secret = Envelope(
        "v1", "Secret",
        [.. Bytes(1, Meta), .. Entry(2, "a", [0, 255]), .. Entry(2, "b", []), .. Text(3, "Opaque"), .. Entry(4, "plain", "zwölf"u8.ToArray()), .. Whole(5, 1)]);

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "no magic", [1, 2, 3] },
        { "magic alone", "k8s\0"u8.ToArray() },
        { "a length beyond the body", [.. "k8s\0"u8, 0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, 1] },
        { "a length beyond all memory", [.. "k8s\0"u8, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01] },
        { "a number without end", [.. "k8s\0"u8, .. Enumerable.Repeat((byte)0xff, 40)] },
        { "a group", [.. "k8s\0"u8, 0x0b] },
        { "field zero", [.. "k8s\0"u8, 0x02, 0x00] },
        { "an unknown kind", Envelope("v1", "Pod") },
        { "text that is none", Envelope("v1", "Secret", Bytes(1, Bytes(1, [0xff, 0xfe]))) },
        { "a number for a message", Envelope("v1", "Secret", Whole(1, 5)) },
        { "a compressed message", [.. "k8s\0"u8, .. Text(3, "gzip")] },
        { "a time far away", Envelope("v1", "Secret", Bytes(1, Bytes(8, Whole(1, long.MaxValue)))) },
        { "nested very deep", Envelope("v1", "Secret", Deep(10_000)) },
    };

    [Fact]
    public void An_object_becomes_the_json_that_it_has()
    {
        string json = ProtobufObject.Parse(Secret).ToJsonString();

        Assert.Equal(
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"token","namespace":"default","labels":{"team":"blue"},"ownerReferences":[{"kind":"Secret","name":"owner","uid":"u-1","apiVersion":"v1","controller":true}],"finalizers":["a/b"]},"data":{"a":"AP8=","b":""},"type":"Opaque","stringData":{"plain":"zw\u00F6lf"},"immutable":true}""",
            json);
    }

    [Fact]
    public void Times_are_rfc_3339()
    {
        byte[] message = [.. Bytes(6, Whole(1, 1_700_000_000)), .. Bytes(10, [.. Whole(1, 1_700_000_000), .. Whole(2, 123_456_000)])];

        var json = ProtobufObject.Parse(Envelope("v1", "Event", message));

        Assert.Equal("2023-11-14T22:13:20Z", (string?)json["firstTimestamp"]);
        Assert.Equal("2023-11-14T22:13:20.123456Z", (string?)json["eventTime"]);
    }

    [Fact]
    public async Task A_typed_client_creates_and_deletes_with_it_and_is_answered_in_json()
    {
        await using var api = await TestApi.StartAsync();
        byte[] body = Envelope("v1", "Secret", [.. Bytes(1, [.. Text(1, "token"), .. Text(3, "")]), .. Entry(2, "a", [1])]);

        var (created, secret) = await api.SendAsync("POST", Secrets, body, ProtobufObject.MediaType, $"{ProtobufObject.MediaType},application/json");
        byte[] wrongUid = Envelope("v1", "DeleteOptions", Bytes(2, Text(1, "another")));
        var (refused, _) = await api.SendAsync("DELETE", $"{Secrets}/token", wrongUid, ProtobufObject.MediaType);
        byte[] background = Envelope("meta.k8s.io/v1", "DeleteOptions", [.. Whole(1, 0), .. Text(4, "Background")]);
        var (deleted, _) = await api.SendAsync("DELETE", $"{Secrets}/token", background, ProtobufObject.MediaType);

        Assert.Equal((201, 409, 200), (created, refused, deleted));
        Assert.Equal("AQ==", (string?)secret["data"]!["a"]);
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task A_damaged_body_is_refused_and_nothing_is_stored(string what, byte[] body)
    {
        await using var api = await TestApi.StartAsync();

        var (code, status) = await api.SendAsync("POST", Secrets, body, ProtobufObject.MediaType);

        Assert.True(code is 400, $"{what}: {code} {status}");
        Assert.Empty((await api.Store.ListAsync(Resources.Standard.Secret.Kind, null, TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public void However_a_body_is_cut_or_changed_it_is_read_or_refused()
    {
        for (int length = 0; length < Secret.Length; length++)
            ReadOrRefuse(Secret.AsSpan(0, length));
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. Secret];
            for (int n = random.Next(1, 5); n > 0; n--)
                changed[random.Next(4, changed.Length)] = (byte)random.Next(256);
            ReadOrRefuse(changed);
        }
    }

    private static void ReadOrRefuse(ReadOnlySpan<byte> body)
    {
        try
        {
            Assert.IsType<JsonObject>(ProtobufObject.Parse(body));
        }
        catch (InvalidDocumentException)
        {
            // The expected end of most of them.
        }
    }

    // Each level is a whole field of the one around it; only as many are read as the tables have.
    private static byte[] Deep(int levels)
    {
        byte[] inner = [];
        for (int i = 0; i < levels && inner.Length < 100_000; i++)
            inner = Bytes(1, inner);
        return inner;
    }
}
