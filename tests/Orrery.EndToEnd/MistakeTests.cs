using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>What a person reads who asks for what cannot be.</summary>
public sealed class MistakeTests(SharedUp shared)
{
    private readonly UpProcess _up = shared.Up;

    [Theory]
    [InlineData("wait|isvc/stories|--for=condition=Ready=False|--timeout=0", 1, "did not hold within 0 s")]
    [InlineData("wait|isvc/absent|--for=condition=Ready", 1, "not found")]
    [InlineData("wait|isvc/stories|--for=Ready", 1, "--for: 'Ready' must be")]
    [InlineData("diff|-f|absent.yaml", 2, "absent.yaml")]
    [InlineData("explain|model|absent", 1, "There is no BaseModel or ClusterBaseModel 'absent'")]
    [InlineData("explain|node/absent", 1, "write isvc/NAME or model/NAME")]
    [InlineData("explain|isvc.spec|--context-tokens|5", 1, "are about a decision")]
    [InlineData("explain|isvc.spec.nothing", 1, "has no field 'nothing'. It has: ")]
    [InlineData("get|isvc|-o|jsonpath={.a", 1, "no closing brace")]
    [InlineData("delete|isvc|--all|-l|a=b", 1, "Leave one of them out")]
    [InlineData("get|isvc|--context|absent", 1, "There is no context 'absent'; contexts: orrery")]
    [InlineData("logs|isvc/stories|--since=5m", 1, "--since is for one pod")]
    [InlineData("config|use-context|absent", 1, "There is no context 'absent'")]
    [InlineData("completion|tcsh", 1, "bash, zsh, fish")]
    public async Task A_mistake_is_one_line_and_an_exit_code(string arguments, int code, string expected)
    {
        var ran = await _up.OrreryAsync(arguments.Split('|'));

        Assert.True(ran.Code == code && ran.Errors.Contains(expected, StringComparison.Ordinal), ran.ToString());
        Assert.Single(ran.Errors.TrimEnd('\n').Split('\n'));
    }
}
