using Orrery.ModelAgent.Downloads;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Tests.Downloads;

public sealed class DownloadPlanTests
{
    private static readonly ContentDigest Digest = new(DigestAlgorithm.Sha256, new string('a', 64));

    private static DownloadPlan Plan(string uri, string? revision, params ListedFile[] files) => DownloadPlan.For(uri, revision, files, (_, _) => null, (_, _) => 0);

    [Fact]
    public void A_file_with_a_digest_is_the_same_wherever_it_comes_from()
    {
        var plan = Plan("hf://a/b", "c1", new ListedFile("x", 10, Digest), new ListedFile("y", 10, Digest));
        var other = Plan("s3://b/p", null, new ListedFile("z", 10, Digest));

        Assert.Equal(plan.Files[0].Identity, plan.Files[1].Identity);
        Assert.Equal(plan.Files[0].Identity, other.Files[0].Identity);
        Assert.Equal((20L, 10L), (plan.TotalBytes, plan.BytesToFetch));
    }

    [Fact]
    public void Without_a_digest_another_state_of_the_origin_is_another_file()
    {
        string[] identities =
        [
            .. ((PlannedFile[])
            [
                Plan("u", "r", new ListedFile("x", 10)).Files[0], Plan("v", "r", new ListedFile("x", 10)).Files[0], Plan("u", "s", new ListedFile("x", 10)).Files[0],
                Plan("u", "r", new ListedFile("y", 10)).Files[0], Plan("u", "r", new ListedFile("x", 11)).Files[0], Plan("u", "r", new ListedFile("x", 10, ETag: "\"1\"")).Files[0],
            ]).Select(f => f.Identity),
        ];

        Assert.Equal(identities, identities.Distinct());
    }

    [Fact]
    public void What_nothing_marks_is_not_resumed()
    {
        Assert.False(Plan("u", null, new ListedFile("x", 10)).Files[0].MayResume);
        Assert.True(Plan("u", null, new ListedFile("x", 10, ETag: "\"1\"")).Files[0].MayResume);
        Assert.True(Plan("u", "r", new ListedFile("x", 10)).Files[0].MayResume);
    }

    [Fact]
    public void What_is_here_in_whole_or_in_part_need_not_come()
    {
        var plan = DownloadPlan.For("u", "r", [new ListedFile("x", 10, Digest), new ListedFile("y", 20)], (_, _) => Digest.Hex, (_, bytes) => bytes == 20 ? 15 : 3);

        Assert.Equal((30L, 5L), (plan.TotalBytes, plan.BytesToFetch));
        Assert.Equal((Digest.Hex, 0L), (plan.Files[0].Content, plan.Files[0].HeldBytes));
    }
}
