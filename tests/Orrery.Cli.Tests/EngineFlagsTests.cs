using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Orrery.Engine;
using Orrery.Tensors;

namespace Orrery.Cli.Tests;

/// <summary>What <c>orrery engine</c>'s flags mean.</summary>
public sealed class EngineFlagsTests
{
    [Fact]
    public void Every_flag_reaches_its_option()
    {
        var options = Read("--threads", "3", "--context", "512", "--sequences", "2", "--queue", "1", "--kv-cache", "64", "--speculate", "7", "--quantize", "q8_0", "--adapter", "a=/x");

        Assert.Equal(
            (3, 512, 2, 1, 64L << 20, 7, DType.Q8_0),
            (options.Threads, options.MaxContextTokens, options.MaxSequences, options.QueueLength, options.KvCacheBytes, options.Speculate, options.Quantize));
        Assert.Equal("/x", Assert.Single(options.Adapters).Path);
    }

    [Fact]
    public void Without_flags_the_options_are_the_defaults() => Assert.Equal(new EngineOptions().ToString(), (Read() with { Adapters = new EngineOptions().Adapters }).ToString());

    [Theory]
    [InlineData("engine.threads: 300 must be between 0 and 256", "--threads", "300")]
    [InlineData("engine.maxContextTokens: 0 must be between 1 and 4194304", "--context", "0")]
    [InlineData("engine.maxSequences: 0 must be between 1 and 256", "--sequences", "0")]
    [InlineData("engine.queueLength: -1 must be between 0 and 65536", "--queue", "-1")]
    [InlineData("engine.kvCacheBytes: -1048576 must be 0 or more", "--kv-cache", "-1")]
    [InlineData("engine.speculate: 65 must be between 0 and 64", "--speculate", "65")]
    public void A_value_without_sense_is_refused_with_its_bounds(string expected, params string[] arguments)
        => Assert.Contains(expected, Assert.Throws<CliException>(() => Read(arguments)).Message, StringComparison.Ordinal);

    private static EngineOptions Read(params string[] arguments)
    {
        var flags = new EngineFlags();
        var command = new Command("engine");
        foreach (var flag in flags.All)
            command.Add(flag);
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return flags.Read(parsed);
    }
}
