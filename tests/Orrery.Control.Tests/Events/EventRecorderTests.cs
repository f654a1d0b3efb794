using Orrery.Control.Events;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Tests.Events;

public sealed class EventRecorderTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly ResourceStore _store;
    private readonly EventRecorder _events;

    public EventRecorderTests()
    {
        _store = new ResourceStore(new MemoryChangeLog(), _time);
        _events = new EventRecorder(_store, "test", _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task<Document> AboutAsync()
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        return (await _store.GetAsync(Namespace.Kind.Key(Namespace.Default), Ct))!;
    }

    [Fact]
    public async Task The_same_thing_said_again_raises_a_count()
    {
        var about = await AboutAsync();
        await _events.RecordAsync(about, "Normal", "Started", "it runs", "engine", Ct);
        _time.Advance(TimeSpan.FromMinutes(1));
        await _events.RecordAsync(about, "Normal", "Started", "it runs elsewhere", "engine", Ct);
        await _events.RecordAsync(about, "Normal", "Started", "it runs", "router", Ct);

        var events = (await _store.ListAsync<Event>(null, Ct)).OrderBy(e => e.Count).ToList();

        Assert.Equal([1, 2], events.Select(e => e.Count));
        Assert.Equal("it runs elsewhere", events[1].Message);
        Assert.Equal(TimeSpan.FromMinutes(1), events[1].LastTimestamp - events[1].FirstTimestamp);
    }

    [Theory]
    [InlineData("Progressing", "Normal")]
    [InlineData("Starting", "Normal")]
    [InlineData("ReplicaFailed", "Warning")]
    public async Task What_is_on_its_way_is_no_warning(string reason, string type)
    {
        await _events.RecordTransitionsAsync(await AboutAsync(), null, [Conditions.False("RolledOut", reason, "x")], Ct);

        Assert.Equal(type, Assert.Single(await _store.ListAsync<Event>(null, Ct)).Type);
    }

    [Fact]
    public async Task Old_events_go()
    {
        var about = await AboutAsync();
        await _events.RecordAsync(about, "Normal", "Old", "x", "", Ct);
        _time.Advance(TimeSpan.FromMinutes(61));
        await _events.RecordAsync(about, "Normal", "New", "x", "", Ct);

        int gone = await _events.PruneAsync(Ct);

        Assert.Equal(1, gone);
        Assert.Equal("New", Assert.Single(await _store.ListAsync<Event>(null, Ct)).Reason);
    }
}
