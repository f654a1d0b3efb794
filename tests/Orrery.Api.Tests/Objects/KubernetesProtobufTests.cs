using Orrery.Api.Objects;
using Orrery.Resources;

namespace Orrery.Api.Tests.Objects;

public sealed class KubernetesProtobufTests
{
    // runtime.Unknown of a v1 Secret: metadata {name: s, labels {a: b}}, data {k: "1"}, immutable.
    private static readonly byte[] Sound =
    [
        .. "k8s\0"u8, .. Field(1, [.. Field(1, "v1"u8), .. Field(2, "Secret"u8)]),
        .. Field(2, [.. Field(1, [.. Field(1, "s"u8), .. Field(2, ""u8), .. Field(8, []), .. Field(11, [.. Field(1, "a"u8), .. Field(2, "b"u8)])]), .. Field(2, [.. Field(1, "k"u8), .. Field(2, "1"u8)]), 0x28, 1]),
    ];

    [Fact]
    public void An_object_is_read_without_what_was_left_unset()
        => Assert.Equal(
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","labels":{"a":"b"}},"data":{"k":"MQ=="},"immutable":true}""",
            KubernetesProtobuf.Read(Sound).ToJsonString());

    [Fact]
    public void Damaged_bytes_are_read_or_refused()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = Mutations.Of(Sound, random);
            try
            {
                KubernetesProtobuf.Read(damaged);
            }
            catch (InvalidDocumentException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Other_kinds_are_named()
        => Assert.Contains(
            "'v1 Pod'",
            Assert.Throws<InvalidDocumentException>(() => KubernetesProtobuf.Read([.. "k8s\0"u8, .. Field(1, [.. Field(1, "v1"u8), .. Field(2, "Pod"u8)])])).Message,
            StringComparison.Ordinal);

    private static byte[] Field(int number, ReadOnlySpan<byte> bytes) => [(byte)(number << 3 | 2), (byte)bytes.Length, .. bytes];
}
