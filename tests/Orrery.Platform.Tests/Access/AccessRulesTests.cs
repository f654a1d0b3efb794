using Orrery.Platform.Access;

namespace Orrery.Platform.Tests.Access;

public sealed class AccessRulesTests
{
    private static readonly AccessRequest Request = new("delete", "secrets", "default", "a");

    [Fact]
    public void Nobody_is_unauthenticated() => Assert.IsType<AccessDecision.Unauthenticated>(AccessRules.Decide(null, Request));

    [Fact]
    public void The_admin_may() => Assert.IsType<AccessDecision.Allowed>(AccessRules.Decide(new Caller("a", Roles.Admin), Request));

    [Theory]
    [InlineData("")]
    [InlineData("Admin")]
    [InlineData("viewer")]
    public void Any_other_role_is_denied_with_a_reason_that_names_it_all(string role)
    {
        var denied = Assert.IsType<AccessDecision.Forbidden>(AccessRules.Decide(new Caller("bob", role), Request));

        foreach (string part in (string[])["\"bob\"", $"'{role}'", "delete", "\"secrets\"", "\"default\""])
            Assert.Contains(part, denied.Reason);
    }

    [Fact]
    public void Members_of_the_masters_are_admins_and_all_others_have_no_role()
    {
        Assert.Equal(Roles.Admin, Caller.OfGroups("a", [CallerGroups.Masters]).Role);
        Assert.Equal(Roles.None, Caller.OfGroups("a", ["system:masters2", "admin"]).Role);
        Assert.Equal(["team", CallerGroups.Authenticated], Caller.OfGroups("a", ["team"]).Groups);
    }

    [Theory]
    [InlineData("create", "authorization.k8s.io", "selfsubjectaccessreviews", true)]
    [InlineData("create", "authentication.k8s.io", "selfsubjectreviews", true)]
    [InlineData("create", "authorization.k8s.io", "subjectaccessreviews", false)]
    [InlineData("create", "authorization.k8s.io", "localsubjectaccessreviews", false)]
    [InlineData("create", "orrery.dev", "selfsubjectaccessreviews", false)]
    [InlineData("get", "authorization.k8s.io", "selfsubjectaccessreviews", false)]
    public void Whoever_is_known_may_ask_what_they_may_and_nothing_else(string verb, string group, string resource, bool allowed)
        => Assert.Equal(allowed, AccessRules.Decide(Caller.OfGroups("bob", []), new AccessRequest(verb, resource) { Group = group }) is AccessDecision.Allowed);

    [Fact]
    public void A_path_that_is_no_resource_has_rules_of_its_own()
    {
        var rule = new AccessRule(["get"]) { NonResourceUrls = ["/version", "/openapi/*"] };

        Assert.True(rule.Covers(new AccessRequest("get", "") { Path = "/version" }));
        Assert.True(rule.Covers(new AccessRequest("get", "") { Path = "/openapi/v3" }));
        Assert.False(rule.Covers(new AccessRequest("get", "") { Path = "/versions" }));
        Assert.False(new AccessRule(["*"]) { ApiGroups = ["*"], Resources = ["*"] }.Covers(new AccessRequest("get", "") { Path = "/version" }));
    }
}
