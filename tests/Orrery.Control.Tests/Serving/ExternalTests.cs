using System.Collections.Concurrent;
using Orrery.Control.Serving;
using Orrery.Control.Serving.External;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Tests.Serving;

/// <summary>Services whose server runs elsewhere.</summary>
public sealed class ExternalTests : IAsyncDisposable
{
    private static readonly ExternalEndpoint Endpoint = new() { Url = "https://api.example.com/v1" };

    private static readonly ResourceKey Key = InferenceService.Kind.Key("default", "s");

    private static readonly ExternalQuestion Question = new("default", Endpoint, "s", null);

    private readonly ManualTime _time = new();
    private readonly ScriptedProbe _probe = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ResourceKey> _told = new();
    private readonly ExternalBoard _board;
    private readonly Task _following;

    public ExternalTests()
    {
        _board = new ExternalBoard(_probe, _time, new Random(1));
        _following = Task.Run(async () =>
        {
            try
            {
                await foreach (var key in _board.FollowAsync(_stop.Token))
                    _told.Enqueue(key);
            }
            catch (OperationCanceledException)
            {
                // The end of the test.
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private static ServicePlan Plan(ExternalEndpoint endpoint, ExternalAnswer? answer, params (string Name, string Key)[] secrets)
        => ServicePlanner.Plan(Seen.Of(new InferenceServiceSpec { External = endpoint }) with
        {
            External = answer, Secrets = secrets.ToDictionary(s => s.Name, s => new ObservedSecret("1", [s.Key])),
        });

    [Fact]
    public void It_is_ready_when_it_answers_and_says_why_when_not()
    {
        Assert.Equal("Unknown", Plan(Endpoint, null).Find("Ready").Status);
        var good = Plan(Endpoint, new ExternalAnswer.Answers(null));
        Assert.Equal(("True", "Answers"), (good.Find("Ready").Status, good.Find("ExternalReady").Reason));
        Assert.Equal("https://api.example.com/v1", good.Status.Url);
        Assert.Contains("does not list", Plan(Endpoint, new ExternalAnswer.Answers("it does not list it")).Find("Ready").Message);
        Assert.Equal(("False", "Unauthorized"), (Plan(Endpoint, new ExternalAnswer.Fails("Unauthorized", "x")).Find("Ready").Status, Plan(Endpoint, new ExternalAnswer.Fails("Unauthorized", "x")).Find("Ready").Reason));
        Assert.Equal("Valid", good.Find("Accepted").Reason);
    }

    [Fact]
    public void What_ran_here_before_goes_and_nothing_is_started()
    {
        var running = new WorkloadState(new WorkloadKey("default", "s-engine"), "x", 1, []);

        var plan = ServicePlanner.Plan(Seen.Of(new InferenceServiceSpec { External = Endpoint }, running: running));

        Assert.Empty(plan.Workloads);
        Assert.Equal("s-engine", Assert.Single(plan.Unwanted).Name);
    }

    [Fact]
    public void A_missing_key_is_named_and_nobody_is_asked_without_it()
    {
        var endpoint = Endpoint with { ApiKey = new SecretKeyReference { Name = "cloud", Key = "token" } };
        var spec = new InferenceServiceSpec { External = endpoint };
        var document = Seen.Of(spec).Document;

        var plan = Plan(endpoint, null);

        Assert.Contains("no Secret 'cloud' in namespace 'default', whose key 'token' spec.external.apiKey names", plan.Find("Ready").Message);
        Assert.Null(ExternalPlanner.Question(document, spec, new Dictionary<string, ObservedSecret>()));
        Assert.Equal("1", ExternalPlanner.Question(document, spec, new Dictionary<string, ObservedSecret> { ["cloud"] = new("1", ["token"]) })!.KeyVersion);
        Assert.Equal("True", Plan(endpoint, new ExternalAnswer.Answers(null), ("cloud", "token")).Find("Ready").Status);
    }

    [Fact]
    public void A_virtual_deployment_without_an_address_says_so_and_leaves_what_runs()
    {
        var seen = Seen.Of(running: new WorkloadState(new WorkloadKey("default", "s-engine"), "x", 1, []));
        seen = seen with { Document = seen.Document.Edit(j => j["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["orrery.dev/deploymentMode"] = "VirtualDeployment" }) };

        var plan = ServicePlanner.Plan(seen);

        Assert.Empty(plan.Workloads);
        Assert.Empty(plan.Unwanted);
        Assert.Equal("NoExternalEndpoint", plan.Find("Ready").Reason);
        Assert.Contains("set spec.external.url, or remove the annotation", plan.Find("Ready").Message);
    }

    [Fact]
    public async Task A_new_question_is_asked_at_once_and_the_answer_told_when_it_is_another()
    {
        Assert.Null(_board.Look(Key, Question));
        await Eventually.TrueAsync(() => _told.Count == 1, () => "the first answer is told");

        Assert.Equal(new ExternalAnswer.Answers(null), _board.Look(Key, Question));
        _probe.Answers[Endpoint.Url!] = new ExternalAnswer.Fails("Unauthorized", "no");
        Assert.Null(_board.Look(Key, Question with { KeyVersion = "2" }));
        await Eventually.TrueAsync(() => _told.Count == 2, () => "the other answer is told");

        Assert.Equal(2, _probe.Asked.Count);
    }

    [Fact]
    public async Task The_same_answer_is_not_told_again_and_one_that_is_forgotten_is_not_asked_again()
    {
        _board.Look(Key, Question);
        await Eventually.TrueAsync(() => _time.Armed == 1, () => "it is to be asked again");
        _time.Advance(TimeSpan.FromSeconds(66));
        await Eventually.TrueAsync(() => _probe.Asked.Count == 2 && _time.Armed == 1, () => "it was asked again");
        _board.Forget(Key);
        _time.Advance(TimeSpan.FromSeconds(66));
        _board.Look(InferenceService.Kind.Key("default", "other"), Question);
        await Eventually.TrueAsync(() => _probe.Asked.Count == 3, () => "only the other is asked");

        Assert.Equal(["s", "other"], _told.Select(k => k.Name));
    }

    [Fact]
    public async Task An_answer_to_a_question_that_has_changed_meanwhile_is_not_taken()
    {
        _probe.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _board.Look(Key, Question);
        await Eventually.TrueAsync(() => _probe.Asked.Count == 1, () => "the first is asked");
        _board.Look(Key, Question with { Model = "other" });
        _probe.Held.SetResult();
        await Eventually.TrueAsync(() => _told.Count == 1, () => "one answer is told");

        Assert.Equal(["s", "other"], _probe.Asked.Select(q => q.Model));
        Assert.NotNull(_board.Look(Key, Question with { Model = "other" }));
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(4, 40)]
    [InlineData(5, 60)]
    [InlineData(1000, 60)]
    public void A_bad_answer_is_asked_about_soon_and_then_less_often(int failures, double seconds)
    {
        Assert.Equal(seconds * 0.9, ProbeSchedule.Next(failures, 0).TotalSeconds, 6);
        Assert.Equal(seconds * 1.1, ProbeSchedule.Next(failures, 1).TotalSeconds, 6);
    }
}
