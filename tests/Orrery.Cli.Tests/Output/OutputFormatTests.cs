using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Cli.Output.JsonPath;

namespace Orrery.Cli.Tests.Output;

public sealed class OutputFormatTests
{
    private static FoundObject Service(string name, int replicas)
        => FoundObject.Of(TestCatalog.Of("isvc"), JsonNode.Parse($$$"""{"metadata":{"name":"{{{name}}}","managedFields":[{}]},"spec":{"replicas":{{{replicas}}}}}""")!.AsObject());

    [Theory]
    [InlineData("name", "inferenceservices.orrery.dev/a\ninferenceservices.orrery.dev/b\n")]
    [InlineData("jsonpath={.items[*].spec.replicas}", "10 9")]
    [InlineData("custom-columns=NAME:.metadata.name,N:.spec.replicas,X:.none", "NAME   N    X\na      10   <none>\nb      9    <none>\n")]
    public void Several_objects_are_printed_as_asked(string format, string expected)
        => Assert.Equal(expected, ObjectText.Of(OutputFormat.Parse(format), [Service("a", 10), Service("b", 9)], isList: true));

    [Fact]
    public void One_object_is_itself_with_its_kind_and_without_managed_fields()
        => Assert.Equal(
            "apiVersion: orrery.dev/v1alpha1\nkind: InferenceService\nmetadata:\n  name: a\nspec:\n  replicas: 1\n",
            ObjectText.Of(OutputFormat.Parse("yaml"), [Service("a", 1)], isList: false));

    [Fact]
    public void Numbers_sort_as_numbers_and_what_is_not_there_comes_first()
    {
        var order = new ObjectOrder(JsonPathTemplate.Parse(".spec.replicas"));
        var without = JsonNode.Parse("""{"metadata":{"name":"z"}}""")!;

        Assert.Equal("z b a", string.Join(' ', new[] { Service("a", 10).Json, Service("b", 9).Json, without }.OrderBy(o => o, order).Select(o => o["metadata"]!["name"])));
    }

    [Theory]
    [InlineData("xml", "'xml' must be table, wide, json")]
    [InlineData("jsonpath", "needs a template")]
    [InlineData("custom-columns=NAME", "must be HEADER:.path")]
    public void What_is_no_format_is_told(string format, string expected)
        => Assert.Contains(expected, Assert.Throws<CliException>(() => OutputFormat.Parse(format)).Message);

    [Theory]
    [InlineData("30s", 30d)]
    [InlineData("5m", 300d)]
    [InlineData("1h30m", 5400d)]
    [InlineData("1.5h", 5400d)]
    [InlineData("500ms", 0.5)]
    [InlineData("10", 10d)]
    [InlineData("0", 0d)]
    [InlineData("", null)]
    [InlineData("m", null)]
    [InlineData("-5s", null)]
    [InlineData("5 s", null)]
    [InlineData("5y", null)]
    [InlineData("99999999999h", null)]
    public void Times_are_written_as_in_Go(string text, double? seconds)
        => Assert.Equal(seconds, DurationText.Parse(text)?.TotalSeconds);
}
