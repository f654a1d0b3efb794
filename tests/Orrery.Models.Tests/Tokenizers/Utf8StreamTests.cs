using System.Text;
using Orrery.Models.Tokenizers;

namespace Orrery.Models.Tests.Tokenizers;

public sealed class Utf8StreamTests
{
    [Fact]
    public void However_the_bytes_are_cut_the_text_is_the_same_and_every_piece_is_whole()
    {
        const string Text = "aé日🙂z";
        byte[] bytes = Encoding.UTF8.GetBytes(Text);
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++)
            {
                var stream = new Utf8Stream();
                string[] pieces = [stream.Append(bytes.AsSpan(0, first)), stream.Append(bytes.AsSpan(first, second - first)), stream.Append(bytes.AsSpan(second)), stream.Finish()];

                Assert.Equal(Text, string.Concat(pieces));
                Assert.All(pieces, piece => Assert.True(piece.Length == 0 || (!char.IsLowSurrogate(piece[0]) && !char.IsHighSurrogate(piece[^1]))));
            }
        }
    }

    [Fact]
    public void A_character_comes_with_its_last_byte()
    {
        var stream = new Utf8Stream();

        Assert.Equal(["", "", "日"], new byte[] { 0xE6, 0x97, 0xA5 }.Select(value => stream.Append([value])));
    }

    [Fact]
    public void What_can_be_no_character_is_replaced_and_the_rest_goes_on()
    {
        var stream = new Utf8Stream();

        Assert.Equal("a\uFFFDb", stream.Append([(byte)'a', 0xFF, (byte)'b']));
        Assert.Equal("", stream.Append([0xF0, 0x9F]));
        Assert.Equal("\uFFFDx", stream.Append("x"u8));
        Assert.Equal("", stream.Append([0xE6]));
        Assert.Equal("\uFFFD", stream.Finish());
        Assert.Equal("", stream.Finish());
    }
}
