using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Tests.Schema;

public sealed class FieldPathTests
{
    private static readonly JsonNode Root = JsonNode.Parse("""
        {"a":{"b":"text","n":3},"list":[{"x":1},{"x":2}],"conditions":[{"type":"Other","status":"No"},{"type":"Ready","status":"True"}]}
        """)!;

    [Theory]
    [InlineData(".a.b", "text")]
    [InlineData(".a.n", "3")]
    [InlineData(".a.missing", "")]
    [InlineData(".missing.too", "")]
    [InlineData(".list[0].x", "1")]
    [InlineData(".list[9].x", "")]
    [InlineData(".list[*].x", "1,2")]
    [InlineData(".conditions[?(@.type==\"Ready\")].status", "True")]
    [InlineData(".conditions[?(@.type==\"Absent\")].status", "")]
    [InlineData(".a[0]", "")]
    public void Selects_what_printer_columns_ask_for(string path, string expected) => Assert.Equal(expected, FieldPath.Text(Root, path));

    [Fact]
    public void Every_column_of_every_kind_is_a_path_that_can_be_read()
    {
        foreach (var column in Kinds.All.SelectMany(k => k.Printed))
            Assert.NotNull(column.Text(Root));
    }
}
