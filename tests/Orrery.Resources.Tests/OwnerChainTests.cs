using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Resources.Tests;

public sealed class OwnerChainTests
{
    private static readonly StoreContext Context = new(DateTimeOffset.UnixEpoch, () => "uid", () => "abcde");

    [Fact]
    public void A_chain_of_twenty_thousand_owners_goes_without_filling_the_stack()
    {
        const int Length = 20_000;
        var snapshot = StoreSnapshot.Of(Length, Enumerable.Range(0, Length).Select(Link));

        var decision = StorePipeline.Decide(snapshot, new StoreRequest.Delete(Secret.Kind.Key("default", "s0"), Preconditions.None, WriteOptions.Default), Context);

        Assert.Equal(Enumerable.Range(0, Length).Select(i => $"s{i}"), decision.Changes.Select(c => c.Document.Metadata.Name));
        Assert.Equal(Enumerable.Range(1, Length).Select(i => (long)(Length + i)), decision.Changes.Select(c => c.Version));
    }

    [Fact]
    public void A_ring_of_owners_is_walked_once()
    {
        var first = Owned("s0", "s1", "s2");
        var snapshot = StoreSnapshot.Of(3, [first, Owned("s1", "s0"), Owned("s2")]);

        var decision = StorePipeline.Decide(snapshot, new StoreRequest.Delete(Secret.Kind.Key("default", "s0"), Preconditions.None, WriteOptions.Default), Context);

        Assert.Equal(["s0", "s1"], decision.Changes.Select(c => c.Document.Metadata.Name));
    }

    private static Document Link(int i) => i == 0 ? Owned("s0") : Owned($"s{i}", $"s{i - 1}");

    private static Document Owned(string name, params string[] owners) => Document.From(new Secret
    {
        Metadata = new Metadata
        {
            Name = name,
            Namespace = "default",
            Uid = $"uid-{name}",
            OwnerReferences = [.. owners.Select(o => new OwnerReference { ApiVersion = "v1", Kind = "Secret", Name = o, Uid = $"uid-{o}" })],
        },
    });
}
