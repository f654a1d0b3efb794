using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Objects;

namespace Orrery.Cli.Tests.Objects;

public sealed class WaitConditionTests
{
    private static readonly JsonObject Ready = JsonNode.Parse("""
        {"metadata":{"generation":2},"status":{"observedGeneration":2,"phase":"Up","n":3,"conditions":[{"type":"Ready","status":"True"},{"type":"Old","status":"True","observedGeneration":1}]}}
        """)!.AsObject();

    [Theory]
    [InlineData("condition=Ready", true)]
    [InlineData("condition=ready=true", true)]
    [InlineData("condition=Ready=False", false)]
    [InlineData("condition=Other", false)]
    [InlineData("condition=Old", false)]
    [InlineData("delete", false)]
    [InlineData("create", true)]
    [InlineData("jsonpath={.status.phase}=Up", true)]
    [InlineData("jsonpath={.status.phase}=Down", false)]
    [InlineData("jsonpath=.status.n=3", true)]
    [InlineData("jsonpath={.status.phase}", true)]
    [InlineData("jsonpath={.status.none}", false)]
    [InlineData("jsonpath={.status.conditions[?(@.type==\"Ready\")].status}=True", true)]
    public void A_condition_holds_or_not(string text, bool expected)
        => Assert.Equal(expected, WaitCondition.Parse(text).Holds(Ready));

    [Theory]
    [InlineData("condition=Ready", false)]
    [InlineData("delete", true)]
    [InlineData("create", false)]
    [InlineData("jsonpath={.a}", false)]
    public void Of_an_object_that_is_not_there_only_its_absence_holds(string text, bool expected)
        => Assert.Equal(expected, WaitCondition.Parse(text).Holds(null));

    [Theory]
    [InlineData("Ready")]
    [InlineData("condition=")]
    [InlineData("jsonpath={.a")]
    public void What_is_no_condition_is_told(string text)
        => Assert.ThrowsAny<CliException>(() => WaitCondition.Parse(text));
}
