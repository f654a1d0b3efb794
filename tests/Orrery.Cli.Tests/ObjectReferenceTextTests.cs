using Orrery.Cli.Client;

namespace Orrery.Cli.Tests;

public sealed class ObjectReferenceTextTests
{
    [Theory]
    [InlineData("isvc", "inferenceservices")]
    [InlineData("InferenceService", "inferenceservices")]
    [InlineData("inferenceservices.orrery.dev", "inferenceservices")]
    [InlineData("models", "basemodels,clusterbasemodels")]
    [InlineData("isvc,models", "inferenceservices,basemodels,clusterbasemodels")]
    [InlineData("isvc, isvc,", "inferenceservices")]
    public void Words_name_kinds(string words, string expected)
        => Assert.Equal(expected, string.Join(',', ObjectReferenceText.Kinds(words).Select(k => k.Plural)));

    [Theory]
    [InlineData("isvc/a", null, "inferenceservices/a")]
    [InlineData("isvc", "a", "inferenceservices/a")]
    [InlineData("cbm/a/b", null, "clusterbasemodels/a/b")]
    public void One_object_is_named_with_a_slash_or_a_second_word(string first, string? second, string expected)
    {
        var (kind, name) = ObjectReferenceText.One(first, second);

        Assert.Equal(expected, $"{kind.Plural}/{name}");
    }

    [Theory]
    [InlineData("nonsense/a", "no kind 'nonsense'")]
    [InlineData("isvc", "isvc/NAME")]
    [InlineData("isvc/", "/NAME")]
    [InlineData("models/a", "basemodels and clusterbasemodels")]
    public void What_names_nothing_or_too_much_is_said(string first, string expected)
        => Assert.Contains(expected, Assert.Throws<CliException>(() => ObjectReferenceText.One(first, null)).Message);
}
