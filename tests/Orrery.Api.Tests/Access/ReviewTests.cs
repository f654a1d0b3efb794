using System.Text.Json.Nodes;
using Orrery.Api.Access.Reviews;
using Orrery.Api.Protobuf;
using Orrery.Platform.Access;

namespace Orrery.Api.Tests.Access;

/// <summary>Reviews answer what the guard would do.</summary>
public sealed class ReviewTests
{
    private static readonly Caller Admin = new("admin", Roles.Admin);
    private static readonly Caller Stranger = new("stranger", "nobody");

    [Theory]
    [InlineData("get", "orrery.dev", "inferenceservices", true, false)]
    [InlineData("create", "authorization.k8s.io", "selfsubjectaccessreviews", true, true)]
    public void May_I(string verb, string group, string resource, bool admin, bool stranger)
    {
        string spec = $$"""{"resourceAttributes":{"verb":"{{verb}}","group":"{{group}}","resource":"{{resource}}","namespace":"default"} }""";

        Assert.Equal(admin, Allowed(ReviewKind.SelfAccess, Admin, spec));
        Assert.Equal(stranger, Allowed(ReviewKind.SelfAccess, Stranger, spec));
    }

    [Theory]
    [InlineData("""{"user":"a","groups":["system:masters"],"nonResourceAttributes":{"path":"/version","verb":"get"}}""", true)]
    [InlineData("""{"user":"admin","nonResourceAttributes":{"path":"/version","verb":"get"}}""", false)]
    public void May_they(string spec, bool allowed) => Assert.Equal(allowed, Allowed(ReviewKind.Access, Admin, spec));

    [Theory]
    [InlineData("SelfAccess", "{}", "spec.resourceAttributes: exactly one")]
    [InlineData("SelfAccess", """{"resourceAttributes":{},"nonResourceAttributes":{}}""", "spec.resourceAttributes: exactly one")]
    [InlineData("Access", """{"resourceAttributes":{"verb":"get"}}""", "spec.user: at least one")]
    [InlineData("LocalAccess", """{"user":"a","resourceAttributes":{"namespace":"other"}}""", "spec.resourceAttributes.namespace: 'other'")]
    [InlineData("SelfRules", "{}", "spec.namespace: must be set")]
    public void What_is_no_question_is_told(string kind, string spec, string problem)
    {
        var asked = kind switch
        {
            "Access" => ReviewKind.Access,
            "LocalAccess" => ReviewKind.LocalAccess,
            "SelfRules" => ReviewKind.SelfRules,
            _ => ReviewKind.SelfAccess,
        };
        var (answer, refusal) = Review.Answer(asked, new JsonObject { ["spec"] = JsonNode.Parse(spec) }, Admin, "default");

        Assert.Null(answer);
        Assert.Equal(422, refusal!.Code);
        var cause = Assert.Single(refusal.Causes);
        Assert.StartsWith(problem, $"{cause.Field}: {cause.Message}", StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_I_lists_the_rules()
    {
        var (answer, _) = Review.Answer(ReviewKind.SelfRules, JsonNode.Parse("""{"spec":{"namespace":"default"}}""")!.AsObject(), Admin, null);

        Assert.Equal("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", answer!["status"]!["resourceRules"]![0]!.ToJsonString());
        Assert.Equal("""{"verbs":["*"],"nonResourceURLs":["*"]}""", answer["status"]!["nonResourceRules"]![0]!.ToJsonString());
        Assert.False((bool?)answer["status"]!["incomplete"]);
    }

    [Fact]
    public async Task Another_kind_in_the_body_is_refused_and_the_groups_are_discovered()
    {
        await using var api = await TestApi.StartAsync();

        var (wrong, status) = await api.SendAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"apiVersion":"v1","kind":"Secret"}""");
        var (_, list) = await api.SendAsync("GET", "/apis/authorization.k8s.io/v1");

        Assert.Equal(400, wrong);
        Assert.Contains("SelfSubjectAccessReview", (string?)status["message"], StringComparison.Ordinal);
        Assert.Equal(
            ["localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"],
            list["resources"]!.AsArray().Select(r => (string?)r!["name"]).Order());
    }

    [Fact]
    public void A_protocol_buffer_says_the_same()
    {
        byte[] attributes = [0x0a, 1, (byte)'n', 0x12, 3, .. "get"u8, 0x2a, 4, .. "pods"u8];
        byte[] spec = [0x0a, (byte)attributes.Length, .. attributes, 0x1a, 1, (byte)'u', 0x22, 1, (byte)'g', 0x22, 1, (byte)'h'];
        byte[] review = [0x0a, 0, 0x12, (byte)spec.Length, .. spec];
        byte[] type = [0x0a, 23, .. "authorization.k8s.io/v1"u8, 0x12, 19, .. "SubjectAccessReview"u8];
        byte[] body = [.. "k8s\0"u8, 0x0a, (byte)type.Length, .. type, 0x12, (byte)review.Length, .. review];

        Assert.Equal(
            """{"resourceAttributes":{"namespace":"n","verb":"get","resource":"pods"},"user":"u","groups":["g","h"]}""",
            ProtobufObject.Parse(body)["spec"]!.ToJsonString());
    }

    private static bool Allowed(ReviewKind kind, Caller caller, string spec)
        => (bool)Review.Answer(kind, new JsonObject { ["spec"] = JsonNode.Parse(spec) }, caller, "default").Answer!["status"]!["allowed"]!;
}
