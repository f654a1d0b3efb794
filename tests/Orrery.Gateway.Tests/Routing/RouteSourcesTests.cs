using Orrery.Gateway.Routing;
using Orrery.Gateway.Tests.Fixtures;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Gateway.Tests.Routing;

public sealed class RouteSourcesTests
{
    private readonly List<string> _unreadable = [];
    private readonly RouteSources _sources;

    public RouteSourcesTests() => _sources = new RouteSources((key, problem) => _unreadable.Add(key.ToString()));

    [Fact]
    public void Of_thousands_of_services_each_change_makes_one_route_anew()
    {
        const int Services = 3000;
        var table = RouteTable.Empty;
        int made = 0;

        for (int i = 0; i < Services; i++)
        {
            table = Follow(table, InferenceService.Kind, Tables.ServiceOf($"s{i}"), ref made);
            table = Follow(table, EndpointSlice.Kind, Tables.SliceOf($"s{i}-engine", "1", $"/s{i}"), ref made);
        }
        var before = table;
        table = Follow(table, InferenceService.Kind, Tables.ServiceOf("s7", status: Tables.TrafficOf("s7-engine 100")), ref made);

        Assert.Equal((2 * Services) + 1, made);
        Assert.Equal(Services, table.Services.Length);
        Assert.All(table.Services, s => Assert.True(s.Ready));
        Assert.Equal(["s7"], table.Services.Where(s => before.Find(s.Service) != s).Select(s => s.ModelId));
    }

    [Fact]
    public void A_new_list_concerns_what_it_holds_and_what_is_gone()
    {
        Learn(InferenceService.Kind, new FollowEvent.Replaced([Document.From(Tables.ServiceOf("a")), Document.From(Tables.ServiceOf("b"))]));
        Learn(EndpointSlice.Kind, new FollowEvent.Replaced([Document.From(Tables.SliceOf("a-engine", "1", "/a"))]));

        Assert.Equal("b c", Learn(InferenceService.Kind, new FollowEvent.Replaced([Document.From(Tables.ServiceOf("a")), Document.From(Tables.ServiceOf("c"))]))
            .Replace("a ", "", StringComparison.Ordinal));
        Assert.Null(_sources.RouteOf(Key("b"), null));
        Assert.True(_sources.RouteOf(Key("a"), null)!.Ready);
        Assert.Equal("a", Learn(EndpointSlice.Kind, new FollowEvent.Replaced([])));
        Assert.False(_sources.RouteOf(Key("a"), null)!.Ready);
    }

    [Fact]
    public void A_slice_that_moves_to_another_workload_concerns_both()
    {
        Learn(InferenceService.Kind, new FollowEvent.Replaced([Document.From(Tables.ServiceOf("a")), Document.From(Tables.ServiceOf("b"))]));
        var slice = Tables.SliceOf("a-engine", "1", "/x");
        Learn(EndpointSlice.Kind, new FollowEvent.Changed(Document.From(slice)));
        var moved = slice with { Metadata = slice.Metadata with { Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "b-engine" } } };

        Assert.Equal("a b", Learn(EndpointSlice.Kind, new FollowEvent.Changed(Document.From(moved))));
        Assert.False(_sources.RouteOf(Key("a"), null)!.Ready);
        Assert.True(_sources.RouteOf(Key("b"), null)!.Ready);
        Assert.Equal("b", Learn(EndpointSlice.Kind, new FollowEvent.Removed(Document.From(moved))));
        Assert.False(_sources.RouteOf(Key("b"), null)!.Ready);
    }

    [Fact]
    public void A_secret_concerns_the_services_that_name_it_and_no_others()
    {
        Learn(InferenceService.Kind, new FollowEvent.Replaced([Document.From(External("a", "one")), Document.From(External("b", "two")), Document.From(Tables.ServiceOf("c"))]));
        Assert.Contains("'one'", _sources.RouteOf(Key("a"), null)!.Blocked, StringComparison.Ordinal);

        Assert.Equal("a", Learn(Secret.Kind, new FollowEvent.Changed(SecretOf("one"))));
        Assert.Equal("", Learn(Secret.Kind, new FollowEvent.Changed(SecretOf("three"))));
        Assert.True(_sources.RouteOf(Key("a"), null)!.Ready);
        Assert.False(_sources.RouteOf(Key("b"), null)!.Ready);

        Learn(InferenceService.Kind, new FollowEvent.Changed(Document.From(External("a", "three"))));
        Assert.True(_sources.RouteOf(Key("a"), null)!.Ready);
        Assert.Equal("", Learn(Secret.Kind, new FollowEvent.Removed(SecretOf("one"))));
        Assert.Equal("a", Learn(Secret.Kind, new FollowEvent.Removed(SecretOf("three"))));
        Assert.False(_sources.RouteOf(Key("a"), null)!.Ready);
    }

    [Fact]
    public void What_cannot_be_read_is_left_out_and_named()
    {
        Learn(InferenceService.Kind, new FollowEvent.Changed(Document.From(Tables.ServiceOf("a"))));
        var odd = Document.From(Tables.ServiceOf("a")).Edit(json => json["spec"]!["model"] = "a word");

        Assert.Equal("a", Learn(InferenceService.Kind, new FollowEvent.Changed(odd)));
        Assert.Null(_sources.RouteOf(Key("a"), null));
        Assert.Equal(["inferenceservices/default/a"], _unreadable);
    }

    private RouteTable Follow<T>(RouteTable table, ResourceKind kind, T resource, ref int made)
        where T : Resource, IResource<T>
    {
        var concerned = _sources.Learn(kind, new FollowEvent.Changed(Document.From(resource)));
        made += concerned.Count;
        return table.With([.. concerned.Select(s => KeyValuePair.Create(s, _sources.RouteOf(s, table.Find(s))))]);
    }

    private string Learn(ResourceKind kind, FollowEvent change) => string.Join(' ', _sources.Learn(kind, change).Select(k => k.Name).Order(StringComparer.Ordinal));

    private static ResourceKey Key(string service) => InferenceService.Kind.Key("default", service);

    private static InferenceService External(string name, string secret) => Tables.ServiceOf(name, new InferenceServiceSpec
    {
        External = new ExternalEndpoint { Url = "https://example.org/v1", ApiKey = new SecretKeyReference { Name = secret, Key = "key" } },
    });

    private static Document SecretOf(string name) => Document.From(new Secret
    {
        Metadata = new Metadata { Name = name, Namespace = "default" },
        Data = new Dictionary<string, string> { ["key"] = Convert.ToBase64String("k-1"u8) },
    });
}
