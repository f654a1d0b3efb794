using System.Net;
using System.Text.Json.Nodes;
using Orrery.Api.Discovery;
using Orrery.Resources;

namespace Orrery.Api.Tests.Discovery;

public sealed class DiscoveryTests
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private const string AggregatedBeta = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "APIGroupList", "application/json")]
    [InlineData("application/json", "APIGroupList", "application/json")]
    [InlineData($"{Aggregated},{AggregatedBeta},application/json", "APIGroupDiscoveryList", Aggregated)]
    [InlineData($"{AggregatedBeta},application/json", "APIGroupDiscoveryList", AggregatedBeta)]
    [InlineData("application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json", "APIGroupList", "application/json")]
    [InlineData("application/vnd.kubernetes.protobuf", "Status", "application/json")]
    public async Task The_first_form_that_can_be_given_is_given(string? accept, string kind, string type)
    {
        await using var api = await TestApi.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await api.Client.SendAsync(request, Ct);

        Assert.Equal(type, response.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal(kind, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["kind"]);
    }

    [Fact]
    public async Task Both_forms_name_the_same_kinds_verbs_and_subresources()
    {
        await using var api = await TestApi.StartAsync();
        var aggregated = new HashSet<string>();
        foreach (string path in (string[])["/api", "/apis"])
        {
            var (_, list) = await api.SendAsync("GET", path, (byte[]?)null, accept: Aggregated);
            foreach (var group in list["items"]!.AsArray())
            {
                foreach (var version in group!["versions"]!.AsArray())
                {
                    foreach (var resource in version!["resources"]!.AsArray())
                    {
                        string at = $"{group["metadata"]!["name"]}/{version["version"]} {resource!["resource"]}";
                        // One without a kind is there for its subresources alone.
                        if ((string?)resource["responseKind"]!["kind"] is { Length: > 0 } kind)
                            aggregated.Add($"{at} {kind} {resource["verbs"]!.ToJsonString()}");
                        foreach (var sub in resource["subresources"] as JsonArray ?? [])
                            aggregated.Add($"{at}/{sub!["subresource"]} {sub["responseKind"]!["kind"]} {sub["verbs"]!.ToJsonString()}");
                    }
                }
            }
        }

        var plain = new HashSet<string>();
        foreach (string path in Kinds.All.Select(k => k.ApiVersion).Concat(AnsweredKind.All.Select(k => $"{k.Group}/{k.Version}")).Distinct())
        {
            var (_, list) = await api.SendAsync("GET", path.Contains('/', StringComparison.Ordinal) ? $"/apis/{path}" : $"/api/{path}");
            foreach (var resource in list["resources"]!.AsArray())
                plain.Add($"{(path.Contains('/', StringComparison.Ordinal) ? path : "/" + path)} {resource!["name"]} {resource["kind"]} {resource["verbs"]!.ToJsonString()}");
        }

        Assert.Equal(plain.Order(StringComparer.Ordinal), aggregated.Order(StringComparer.Ordinal));
        Assert.Contains("orrery.dev/v1alpha1 inferenceservices/scale Scale [\"get\",\"patch\",\"update\"]", plain);
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/apis")]
    [InlineData("/apis/orrery.dev/v1alpha1")]
    [InlineData("/openapi/v2")]
    [InlineData("/openapi/v3")]
    [InlineData("/openapi/v3/apis/orrery.dev/v1alpha1")]
    public async Task A_document_that_a_client_has_is_not_sent_again(string path)
    {
        await using var api = await TestApi.StartAsync();
        using var first = await api.Client.GetAsync(path, Ct);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var other = new HttpRequestMessage(HttpMethod.Get, path);
        other.Headers.IfNoneMatch.Add(new("\"another\""));

        using var known = await api.Client.SendAsync(again, Ct);
        using var unknown = await api.Client.SendAsync(other, Ct);

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (known.StatusCode, unknown.StatusCode));
        Assert.Empty(await known.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Each_openapi_document_is_named_by_its_hash()
    {
        await using var api = await TestApi.StartAsync();
        var (_, index) = await api.SendAsync("GET", "/openapi/v3");
        foreach (var (path, link) in index["paths"]!.AsObject())
        {
            string url = (string)link!["serverRelativeURL"]!;
            using var response = await api.Client.GetAsync(url, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.True(response.Headers.CacheControl!.Extensions.Any(e => e.Name == "immutable"), $"{path}: {response.Headers.CacheControl}");
        }
        using var stale = await api.Client.GetAsync("/openapi/v3/api/v1?hash=STALE", Ct);
        Assert.Equal((string?)index["paths"]!["api/v1"]!["serverRelativeURL"], stale.RequestMessage!.RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task Openapi_v2_is_json_unless_its_protocol_buffer_is_asked_for()
    {
        await using var api = await TestApi.StartAsync();

        var (_, json) = await api.SendAsync("GET", "/openapi/v2");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.TryAddWithoutValidation("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        using var proto = await api.Client.SendAsync(request, Ct);

        Assert.Equal("2.0", (string?)json["swagger"]);
        Assert.Equal("integer", (string?)json["definitions"]!["orrery.dev.v1alpha1.InferenceService"]!["properties"]!["spec"]!["properties"]!["engine"]!["properties"]!["minReplicas"]!["type"]);
        Assert.Equal("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", proto.Content.Headers.GetValues("Content-Type").Single());
    }
}
