namespace Orrery.Bench.Serving;

/// <summary>The same load on our engine and on another server, one after the other in the same run: many clients, long prompts again, and a tiny model.</summary>
internal static class ServeBench
{
    private static readonly int[] Clients = [1, 4, 16];
    private static readonly string[] Letters = [.. Enumerable.Range('a', 26).Select(letter => $"{(char)letter}")];

    /// <summary>So many clients, the tokens of each answer, in total tokens per second; and streamed, with the time to the first piece.</summary>
    /// <param name="targets">Ours first.</param>
    /// <param name="words">Of a prompt.</param>
    public static async Task<IReadOnlyList<Figure>> ClientsAsync(string model, IReadOnlyList<ServeTarget> targets, int words, int tokens, int rounds)
    {
        var figures = new List<Figure>();
        foreach (var target in targets)
            await ServeLoad.RunAsync(target, 1, 2, tokens, stream: false, i => Prompt(1000 + i, words));
        foreach (int clients in Clients)
        {
            string group = $"{model}, {Many(clients)}, {tokens} tokens";
            var results = new List<ServeResult>();
            foreach (var target in targets)
            {
                var whole = await ServeLoad.RunAsync(target, clients, rounds, tokens, stream: false, i => Prompt(i, words));
                var streamed = await ServeLoad.RunAsync(target, clients, rounds, tokens, stream: true, i => Prompt(100 + i, words));
                results.Add(whole);
                figures.Add(new Figure(group, $"{target.Name}", whole.TokensPerSecond, "tokens/s"));
                figures.Add(new Figure(group, $"{target.Name}, streamed", streamed.TokensPerSecond, "tokens/s"));
                figures.Add(new Figure(group, $"{target.Name}, first piece p50", streamed.FirstP50Ms, "ms"));
            }
            figures.AddRange(results.Skip(1).Select((peer, i) => new Figure(
                group, $"{targets[0].Name} / {targets[i + 1].Name}", results[0].TokensPerSecond / peer.TokensPerSecond, "ratio", clients == 16 ? "1.2" : "")));
        }
        return figures;
    }

    /// <summary>The time to the first token of a long prompt, and of the same prompt once more.</summary>
    public static async Task<IReadOnlyList<Figure>> PrefixAsync(string model, IReadOnlyList<ServeTarget> targets, int words)
    {
        const int Prompts = 3;
        var figures = new List<Figure>();
        string group = $"{model}, prompt of {words}";
        foreach (var target in targets)
        {
            var cold = await ServeLoad.RunAsync(target, 1, Prompts, 1, stream: true, i => Prompt(2000 + i, words));
            var warm = await ServeLoad.RunAsync(target, 1, Prompts, 1, stream: true, i => Prompt(2000 + i, words));
            figures.Add(new Figure(group, $"{target.Name}, first token", cold.FirstP50Ms, "ms"));
            figures.Add(new Figure(group, $"{target.Name}, first token, prompt cached", warm.FirstP50Ms, "ms"));
        }
        return figures;
    }

    /// <summary>Requests of one token: what everything around the model costs.</summary>
    public static async Task<IReadOnlyList<Figure>> OneTokenAsync(string model, IReadOnlyList<ServeTarget> targets, int requests)
    {
        int warming = Math.Min(200, requests);
        var figures = new List<Figure>();
        foreach (var target in targets)
            await ServeLoad.RunAsync(target, 4, warming / 4, 1, stream: false, Prompt);
        foreach (int clients in Clients)
        {
            string group = $"{model}, {Many(clients)}, 1 token";
            var results = new List<ServeResult>();
            foreach (var target in targets)
            {
                var result = await ServeLoad.RunAsync(target, clients, Math.Max(1, requests / clients), 1, stream: false, Prompt);
                results.Add(result);
                figures.Add(new Figure(group, target.Name, result.RequestsPerSecond, "requests/s"));
                figures.Add(new Figure(group, $"{target.Name}, p50", result.P50Ms, "ms"));
                figures.Add(new Figure(group, $"{target.Name}, p99", result.P99Ms, "ms"));
            }
            figures.AddRange(results.Skip(1).Select((peer, i) => new Figure(
                group, $"{targets[0].Name} / {targets[i + 1].Name}", results[0].RequestsPerSecond / peer.RequestsPerSecond, "ratio", clients == 16 ? "3" : "")));
        }
        return figures;

        static string Prompt(int i) => "Once upon a time";
    }

    // Each begins differently, or a cached start would be measured.
    private static string Prompt(int number, int words)
    {
        var random = new Random(number);
        return string.Join(' ', Enumerable.Range(0, words).Select(_ => Letters[random.Next(Letters.Length)]));
    }

    private static string Many(int clients) => clients == 1 ? "1 client" : $"{clients} clients";
}
