using System.Text.Json.Nodes;
using Orrery.Cli.Output;

namespace Orrery.Cli.Tests;

public sealed class TextTableTests
{
    private static readonly JsonObject Table = JsonNode.Parse("""
        {"columnDefinitions":[{"name":"Name"},{"name":"Ready"},{"name":"Extra","priority":1},{"name":"Age"}],
         "rows":[{"cells":["a","True","x","5s"],"object":{"metadata":{"namespace":"one"}}},
                 {"cells":["a-long-name",null,"x","2d"],"object":{"metadata":{"namespace":"two"}}}]}
        """)!.AsObject();

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_the_last_is_not_padded()
        => Assert.Equal("NAME          READY    AGE\na             True     5s\na-long-name   <none>   2d\n", TextTable.Render(Table, "", new TableStyle()));

    [Fact]
    public void Namespaces_and_kinds_can_stand_before_the_name()
        => Assert.Equal(
            "NAMESPACE   NAME               READY    AGE\none         isvc/a             True     5s\ntwo         isvc/a-long-name   <none>   2d\n",
            TextTable.Render(Table, "isvc/", new TableStyle(Namespace: true)));

    [Fact]
    public void Wide_tables_have_the_columns_of_lower_priority_and_labels_stand_last()
        => Assert.Equal(
            "a             True     x   5s   <none>\na-long-name   <none>   x   2d   <none>\n",
            TextTable.Render(Table, "", new TableStyle(Wide: true, Labels: true, Headers: false)));

    [Fact]
    public void A_row_of_a_watch_that_is_longer_than_all_before_moves_the_columns_rather_than_run_into_them()
    {
        int[] widths = TextTable.Widths(["NAME", "MODEL"], [["a", "m"]]);

        widths = TextTable.Widened(widths, ["planetarium", "m"]);

        Assert.Equal("planetarium   m\n", TextTable.Line(["planetarium", "m"], widths));
        Assert.Equal("a             m\n", TextTable.Line(["a", "m"], widths));
    }
}
