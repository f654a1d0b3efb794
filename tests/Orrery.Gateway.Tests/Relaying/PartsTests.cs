using System.Text;
using Orrery.Gateway.Relaying;
using Orrery.Gateway.Telemetry;

namespace Orrery.Gateway.Tests.Relaying;

public sealed class PartsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 0)]
    [InlineData("data: a", 0)]
    [InlineData("data: a\n", 0)]
    [InlineData("data: a\n\n", 9)]
    [InlineData("data: a\n\ndata: b\n", 9)]
    [InlineData("data: a\n\ndata: b\n\n", 18)]
    [InlineData("data: a\r\n\r\nd", 11)]
    [InlineData("data: a\r\n\r", 0)]
    [InlineData("data: a\n\r\nd", 10)]
    [InlineData("data: a\r\rd", 9)]
    [InlineData("data: a\r\ndata: b\r\n", 0)]
    public void The_last_whole_event_ends_at_an_empty_line(string bytes, int expected)
        => Assert.Equal(expected, EventBorder.LastEnd(Encoding.UTF8.GetBytes(bytes)));

    [Theory]
    [InlineData("""{"usage":{"total_tokens":12}}""", 12)]
    [InlineData("""{"usage":{"total_tokens": 12 }}""", 12)]
    [InlineData("""{"total_tokens":1}{"total_tokens":2}""", 2)]
    [InlineData("""{"text":"\"total_tokens\":5"}""", 0)]
    [InlineData("""{"total_tokens":-5}""", 0)]
    [InlineData("""{"total_tokens":"x"}""", 0)]
    [InlineData("""{"total_tokens":""", 0)]
    [InlineData("""{"total_tokens":99999999999999999999999}""", 0)]
    [InlineData("", 0)]
    public void Total_tokens_are_found_however_the_bytes_come(string answer, long expected)
    {
        foreach (int piece in new[] { 1, 3, 7, 5000 })
        {
            var tail = new AnswerTail();
            foreach (byte[] part in Encoding.UTF8.GetBytes(new string('x', 3000) + answer + new string(' ', 500)).Chunk(piece))
                tail.See(part);
            Assert.Equal(expected, tail.TotalTokens);
        }
    }

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}}}""", 7L, 5L, 4L)]
    [InlineData("""{"usage": {"prompt_tokens": 7, "total_tokens": 12, "completion_tokens": 5}, "timings": {"cache_n": 9}}""", 7L, 5L, null)]
    [InlineData("""data: {"usage":{"prompt_tokens":1,"completion_tokens":1}} data: {"usage":{"prompt_tokens":7,"completion_tokens":0}}""", 7L, 0L, null)]
    [InlineData("""{"usage":{"prompt_tokens":7,"cached_tokens":1}} data: {"usage":{"completion_tokens":5}}""", null, 5L, null)]
    [InlineData("""{"usage":{"prompt_tokens":7},"text":"\"completion_tokens\":5"}""", 7L, null, null)]
    [InlineData("""{"usage":null}""", null, null, null)]
    [InlineData("", null, null, null)]
    public void Usage_is_read_from_the_end(string answer, long? prompt, long? completion, long? cached)
    {
        foreach (int piece in new[] { 1, 7, 5000 })
        {
            var tail = new AnswerTail();
            foreach (byte[] part in Encoding.UTF8.GetBytes(new string('x', 3000) + answer + new string(' ', 500)).Chunk(piece))
                tail.See(part);
            Assert.Equal(new AnswerUsage(prompt, completion, cached), tail.Usage);
        }
    }

    [Theory]
    [InlineData("data: [DONE]\n\n", true)]
    [InlineData("data:[DONE]\r\n\r\n", true)]
    [InlineData("data: [DONE]", true)]
    [InlineData("data: [DON", false)]
    [InlineData("data: {}\n\n", false)]
    [InlineData("", false)]
    public void The_streams_own_end_is_known(string answer, bool expected)
    {
        var tail = new AnswerTail();
        tail.See(Encoding.UTF8.GetBytes(answer));
        Assert.Equal(expected, tail.IsDone);
    }

    [Fact]
    public void All_problems_of_the_options_are_told_at_once()
    {
        var options = new GatewayOptions
        {
            MaxBodyBytes = 0, ColdStartWait = TimeSpan.FromSeconds(-1), FirstByteTimeout = TimeSpan.Zero, WholeAnswerTimeout = TimeSpan.Zero,
            IdleTimeout = TimeSpan.Zero, ConnectTimeout = TimeSpan.Zero, MaxWaiting = -1, EjectFor = TimeSpan.FromDays(2), TrustedCertificates = "ca.pem",
        };

        Assert.Equal(9, options.Problems().Count());
        Assert.All(options.Problems(), p => Assert.StartsWith("gateway.", p, StringComparison.Ordinal));
        Assert.Empty(new GatewayOptions().Problems());
    }

    [Theory]
    [InlineData("relative.pem", "absolute")]
    [InlineData("/nowhere/ca.pem", "cannot be read")]
    [InlineData("FOLDER/empty.pem", "no certificate")]
    [InlineData("FOLDER", "cannot be read")]
    public void A_file_of_certificates_that_is_of_no_use_is_named(string path, string expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("empty.pem"), "nothing");
        path = path.Replace("FOLDER", Path.GetDirectoryName(folder.File("x")), StringComparison.Ordinal);

        string problem = Assert.Single(new GatewayOptions { TrustedCertificates = path }.Problems());

        Assert.StartsWith($"gateway.trustedCertificates: '{path}'", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("data: a\n\n", 1)]
    [InlineData("data: a\n\ndata: b\n\n", 2)]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n", 2)]
    [InlineData("data: a\r\rdata: b\r\r", 2)]
    public void Events_are_counted_by_their_ends(string bytes, int expected)
        => Assert.Equal(expected, EventBorder.Count(Encoding.UTF8.GetBytes(bytes)));
}
