using Orrery.Engine.Tests.Constraints;
using Orrery.Engine.Text;

namespace Orrery.Engine.Tests;

public sealed class TextAssemblerTests
{
    [Fact]
    public void Text_that_may_begin_a_stop_string_is_given_out_before_a_control_token()
    {
        var text = new TextAssembler(new ListTokenizer("a", "S", "T", "<call>") { ControlName = "<call>" }, ["ST"]);

        Assert.Equal(["a", "", "S", "T", ""], new[] { 0, 1, 3, 2, 3 }.Select(text.Append));
        Assert.False(text.Stopped);
    }

    [Fact]
    public void A_stop_string_over_token_borders_ends_the_text()
    {
        var text = new TextAssembler(new ListTokenizer("a", "S", "T"), ["ST"]);

        Assert.Equal(["a", "", ""], new[] { 0, 1, 2 }.Select(text.Append));
        Assert.True(text.Stopped);
    }
}
