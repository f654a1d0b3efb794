using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Control.Tests.Loop;

public sealed class ControllerLoopTests : IAsyncDisposable
{
    private readonly ResourceStore _store = new(new MemoryChangeLog(), TimeProvider.System);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task _loop = Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _store.DisposeAsync();
        _stop.Dispose();
    }

    private sealed class Counting(Func<ResourceKey, int, Requeue> reconcile) : IController
    {
        public ConcurrentDictionary<string, int> Calls { get; } = new();
        public ConcurrentDictionary<string, int> Running { get; } = new();
        public int MostAtOncePerKey;

        public string Name => "counting";

        public async Task<Requeue> ReconcileAsync(ResourceKey key, CancellationToken ct)
        {
            int atOnce = Running.AddOrUpdate(key.Name, 1, (_, n) => n + 1);
            MostAtOncePerKey = Math.Max(MostAtOncePerKey, atOnce);
            await Task.Yield();
            Running.AddOrUpdate(key.Name, 0, (_, n) => n - 1);
            return reconcile(key, Calls.AddOrUpdate(key.Name, 1, (_, n) => n + 1));
        }
    }

    private void Start(IController controller, TimeProvider? time = null)
        => _loop = new ControllerLoop(
            controller, [Trigger.For(_store, InferenceService.Kind)], time ?? TimeProvider.System, NullLogger<ControllerLoop>.Instance, workers: 4).RunAsync(_stop.Token);

    private async Task CreateAsync(string name)
    {
        await _store.EnsureNamespaceAsync(Namespace.Default, Ct);
        (await _store.CreateAsync(
            Document.From(new InferenceService
            {
                Metadata = new Metadata { Name = name, Namespace = Namespace.Default },
                Spec = new InferenceServiceSpec { Model = new ModelReference { Name = "m" } },
            }),
            Ct)).Stored();
    }

    [Fact]
    public async Task Objects_that_were_there_before_and_that_come_later_are_looked_at()
    {
        await CreateAsync("early");
        var controller = new Counting((_, _) => Requeue.No);
        Start(controller);
        await Eventually.TrueAsync(() => controller.Calls.ContainsKey("early"), () => string.Join(',', controller.Calls));

        await CreateAsync("late");

        await Eventually.TrueAsync(() => controller.Calls.ContainsKey("late"), () => string.Join(',', controller.Calls));
    }

    [Fact]
    public async Task A_deleted_object_is_looked_at_once_more()
    {
        await CreateAsync("a");
        var controller = new Counting((_, _) => Requeue.No);
        Start(controller);
        await Eventually.TrueAsync(() => controller.Calls.GetValueOrDefault("a") >= 1, () => string.Join(',', controller.Calls));
        int before = controller.Calls["a"];

        (await _store.DeleteAsync(InferenceService.Kind.Key("default", "a"), Preconditions.None, Ct)).Stored();

        await Eventually.TrueAsync(() => controller.Calls["a"] > before, () => string.Join(',', controller.Calls));
    }

    [Fact]
    public async Task A_failing_key_is_tried_again_later_and_holds_up_no_other()
    {
        await CreateAsync("bad");
        await CreateAsync("good");
        var controller = new Counting((key, call) => key.Name == "bad" && call < 4 ? throw new InvalidOperationException("not yet") : Requeue.No);

        Start(controller);

        await Eventually.TrueAsync(() => controller.Calls.GetValueOrDefault("bad") == 4, () => string.Join(',', controller.Calls));
        Assert.Equal(1, controller.Calls["good"]);
    }

    [Fact]
    public async Task Calls_for_one_key_never_overlap()
    {
        await CreateAsync("a");
        var controller = new Counting((_, call) => call < 50 ? Requeue.After(TimeSpan.FromTicks(1)) : Requeue.No);
        Start(controller);
        for (int i = 0; i < 20; i++)
        {
            var document = (await _store.GetAsync(InferenceService.Kind.Key("default", "a"), Ct))!;
            (await _store.UpdateAsync(document.Edit(json => json["spec"]!["model"]!["name"] = $"m{i}"), Ct)).Stored();
        }

        await Eventually.TrueAsync(() => controller.Calls.GetValueOrDefault("a") >= 50, () => string.Join(',', controller.Calls));
        Assert.Equal(1, controller.MostAtOncePerKey);
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 100)]
    [InlineData(5, 800)]
    [InlineData(12, 60_000)]
    [InlineData(1_000_000, 60_000)]
    public void Backoff_doubles_up_to_a_minute(int failures, double ms) => Assert.Equal(ms, Backoff.Delay(failures).TotalMilliseconds);
}
