using Orrery.Cli.Client;
using Orrery.Cli.Objects;

namespace Orrery.Cli.Tests;

public sealed class ObjectWordsTests
{
    [Theory]
    [InlineData("isvc", "inferenceservices")]
    [InlineData("InferenceService", "inferenceservices")]
    [InlineData("inferenceservices.orrery.dev", "inferenceservices")]
    [InlineData("models", "basemodels,clusterbasemodels,finetunedweights")]
    [InlineData("isvc,models", "inferenceservices,basemodels,clusterbasemodels,finetunedweights")]
    [InlineData("isvc, isvc,", "inferenceservices")]
    public void Words_name_kinds(string words, string expected)
        => Assert.Equal(expected, string.Join(',', ObjectWords.Kinds(words, TestCatalog.Kinds).Select(k => k.Plural)));

    [Theory]
    [InlineData("isvc/a", "inferenceservices/a")]
    [InlineData("isvc a", "inferenceservices/a")]
    [InlineData("isvc a b", "inferenceservices/a inferenceservices/b")]
    [InlineData("isvc/a cbm/b", "inferenceservices/a clusterbasemodels/b")]
    public void Objects_are_a_kind_and_names_or_each_a_kind_and_a_name(string words, string expected)
        => Assert.Equal(expected, string.Join(' ', ObjectWords.Objects(words.Split(' '), TestCatalog.Kinds).Select(o => $"{o.Kind.Plural}/{o.Name}")));

    [Theory]
    [InlineData("nonsense/a", "no kind 'nonsense'")]
    [InlineData("isvc", "Write isvc/NAME")]
    [InlineData("isvc/", "Write isvc/NAME")]
    [InlineData("models/a", "basemodel/a or clusterbasemodel/a")]
    [InlineData("isvc,models stories", "a name belongs to one kind")]
    [InlineData("isvc/stories extra", "'extra' beside it names none")]
    [InlineData("isvc stories cbm/stories", "'cbm/stories' names an object already, and 'isvc'")]
    [InlineData("isvc/stories,models", "mixes an object with a list")]
    [InlineData("isvc ../../x", "'../../x' is no name")]
    [InlineData("isvc/a/b", "'a/b' is no name")]
    [InlineData("isvc -w", "'-w' is no name")]
    public void What_names_nothing_or_too_much_is_said(string words, string expected)
        => Assert.Contains(expected, Assert.ThrowsAny<CliException>(() => ObjectWords.Objects(words.Split(' '), TestCatalog.Kinds)).Message);

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData(" , ")]
    public void No_word_is_no_kind(string words)
        => Assert.Contains("names no kind. See: orrery api-resources", Assert.ThrowsAny<CliException>(() => ObjectWords.Kinds(words, TestCatalog.Kinds)).Message);
}
