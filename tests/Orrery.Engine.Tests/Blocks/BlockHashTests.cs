using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine.Tests.Blocks;

/// <summary>The hashes are a contract with routers, which docs/kv-events.md writes down.</summary>
public sealed class BlockHashTests
{
    [Fact]
    public void The_examples_in_the_documentation_are_what_is_computed()
    {
        var examples = File.ReadLines(Repository.File("docs", "kv-events.md")).Where(line => line.Contains("| 0 to ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.Equal(3, examples.Count);
        foreach (string[] example in examples)
        {
            string? adapter = example[0] == "none" ? null : example[0].Trim('`');
            int last = int.Parse(example[1].Split(' ')[^1], CultureInfo.InvariantCulture);
            Assert.Equal(example[2].Trim('`'), HashOf(adapter, [.. Enumerable.Range(0, last + 1)]).ToString());
        }
    }

    [Fact]
    public void A_router_gets_the_same_hashes_with_the_steps_in_the_documentation()
    {
        var random = new Random(20261121);
        foreach (string? adapter in (string?[])[null, "pirate", "Käpt'n"])
        {
            int[] tokens = [.. Enumerable.Range(0, 80).Select(_ => random.Next(200_000))];
            byte[] hash = adapter is null ? new byte[16] : SHA256.HashData(Encoding.UTF8.GetBytes(adapter))[..16];
            for (int page = 0; page < tokens.Length / 16; page++)
                hash = SHA256.HashData([.. hash, .. tokens[(page * 16)..((page + 1) * 16)].SelectMany(id => (byte[])[(byte)id, (byte)(id >> 8), (byte)(id >> 16), (byte)(id >> 24)])])[..16];

            Assert.Equal(Convert.ToHexStringLower(hash), HashOf(adapter, tokens).ToString());
        }
    }

    private static BlockHash HashOf(string? adapter, int[] tokens)
        => tokens.Chunk(BlockHash.PageTokens).Aggregate(BlockHash.Root(adapter), (before, page) => before.Next(page));
}
