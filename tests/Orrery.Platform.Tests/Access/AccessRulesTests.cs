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

        foreach (string part in (string[])["'bob'", $"'{role}'", "delete", "secrets", "'default'"])
            Assert.Contains(part, denied.Reason);
    }
}
