using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Rollouts;
using Orrery.Control.Revisions;

namespace Orrery.Cli.Tests.Rollouts;

public sealed class RevisionHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Rows_stand_by_number_with_what_became_of_each()
    {
        var history = History("a3", "a2", Revision(3, "a3"), Revision(1, "a1", failed: "half of the answers failed"), Revision(2, "a2"));

        Assert.Equal(
            ["1 a1 5m taken back: half of the answers failed", "2 a2 5m serves", "3 a3 5m wanted"],
            history.Rows(Now).Select(r => string.Join(' ', r)));
    }

    [Theory]
    [InlineData("the last before the wanted one", "a3", null, 2)]
    [InlineData("one that was taken back is not gone back to by itself", "a4", null, 3)]
    [InlineData("the number that was asked for", "a3", 1, 1)]
    [InlineData("also the one that was taken back", "a3", 4, 4)]
    public void The_one_to_go_back_to(string because, string wanted, int? asked, int expected)
    {
        var history = History(wanted, wanted, Revision(1, "a1"), Revision(2, "a2"), Revision(3, "a3"), Revision(4, "a4", failed: "x"));

        // With a3 wanted, a4 was tried and taken back.
        Assert.True(expected == RevisionHistory.Number(history.Chosen(asked)), $"{because}: {RevisionHistory.Number(history.Chosen(asked))}");
    }

    [Fact]
    public void What_there_is_not_is_told_with_what_there_is()
    {
        var history = History("a1", "a1", Revision(1, "a1"));

        Assert.Contains("has no revision 7; there are 1", Assert.Throws<CliException>(() => history.Chosen(7)).Message, StringComparison.Ordinal);
        Assert.Contains("no earlier revision to go back to", Assert.Throws<CliException>(() => history.Chosen(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Revisions_of_an_earlier_service_of_that_name_are_not_its_own()
    {
        var list = new JsonObject { ["items"] = new JsonArray(Revision(1, "a1", owner: "before"), Revision(2, "a2"), new JsonObject { ["metadata"] = new JsonObject() }) };

        Assert.Equal(2, RevisionHistory.Number(Assert.Single(RevisionHistory.Owned(Service("a2", "a2"), list))));
    }

    private static RevisionHistory History(string wanted, string rolledOut, params JsonObject[] revisions) => RevisionHistory.Of(Service(wanted, rolledOut), revisions);

    private static JsonObject Service(string wanted, string rolledOut) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "stories", ["uid"] = "u" },
        ["status"] = new JsonObject { ["components"] = new JsonObject { ["engine"] = new JsonObject { ["latestCreatedRevision"] = wanted, ["latestRolledoutRevision"] = rolledOut } } },
    };

    private static JsonObject Revision(long number, string hash, string? failed = null, string owner = "u") => new()
    {
        ["metadata"] = new JsonObject
        {
            ["creationTimestamp"] = "2026-01-31T11:55:00Z",
            ["annotations"] = failed is null ? null : new JsonObject { [ServiceRevision.FailedAnnotation] = failed },
            ["ownerReferences"] = new JsonArray(new JsonObject { ["uid"] = owner }),
        },
        ["revision"] = number,
        ["data"] = new JsonObject { ["engine"] = new JsonObject { ["revision"] = hash } },
    };
}
