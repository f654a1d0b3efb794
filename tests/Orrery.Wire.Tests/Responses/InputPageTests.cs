using System.Text;
using Orrery.Wire.OpenAI;
using Orrery.Wire.Responses;

namespace Orrery.Wire.Tests.Responses;

public sealed class InputPageTests
{
    [Fact]
    public void A_page_of_items_begins_after_an_item_and_says_whether_there_are_more()
    {
        const string Items = """[{"id":"a"},{"id":"b"},{"id":"c"}]""";
        static string Page(string? limit, string? order, string? after)
            => Encoding.UTF8.GetString(Assert.IsType<ReadOutcome<InputPage>.Ok>(InputPage.Read(limit, order, after, before: null)).Request.Of(Items)!);

        Assert.Equal("""{"object":"list","data":[{"id":"c"},{"id":"b"},{"id":"a"}],"first_id":"c","last_id":"a","has_more":false}""", Page(null, null, null));
        Assert.Equal("""{"object":"list","data":[{"id":"a"},{"id":"b"}],"first_id":"a","last_id":"b","has_more":true}""", Page("2", "asc", null));
        Assert.Equal("""{"object":"list","data":[{"id":"a"}],"first_id":"a","last_id":"a","has_more":false}""", Page("2", "desc", "b"));
        Assert.Equal("""{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}""", Page("2", "asc", "c"));
        Assert.Null(Assert.IsType<ReadOutcome<InputPage>.Ok>(InputPage.Read("2", null, "z", null)).Request.Of(Items));
    }

    [Theory]
    [InlineData("0", null, null, "limit")]
    [InlineData("101", null, null, "limit")]
    [InlineData("-1", null, null, "limit")]
    [InlineData("many", null, null, "limit")]
    [InlineData(null, "up", null, "order")]
    [InlineData(null, null, "a", "before")]
    public void A_page_that_cannot_be_is_refused(string? limit, string? order, string? before, string param)
        => Assert.Equal(param, Assert.IsType<ReadOutcome<InputPage>.Refused>(InputPage.Read(limit, order, null, before)).Error.Param);
}
