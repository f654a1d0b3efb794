using Orrery.Bench;
using Orrery.Bench.Control;
using Orrery.Bench.Engine;
using Orrery.Bench.Serving;
using Orrery.Bench.Swap;
using Orrery.Tensors;

// usage: Orrery.Bench ROOT [engine|speed|serve|models|selection|up|api|swap|control]… [--json FILE] [--requests N] [--objects N] [--kills N] [--long] [--busy] [--peer URL [--peer-key KEY] [--model FILE]]
// Without a word: all but speed and serve, which make files of 2.5 GB, and swap and control, which take minutes.
string root = args[0];
var figures = new List<Figure>();

if (Asked("engine"))
{
    foreach (string model in EngineBench.Models(root))
        figures.AddRange(await EngineBench.RunAsync(Path.GetFileNameWithoutExtension(model), model));
}
if (args.Contains("speed"))
    figures.AddRange(await SpeedBench.RunAsync(args.Contains("--long") ? [1024, 8192] : []));
if (args.Contains("speed") && args.Contains("--busy"))
    figures.AddRange(BusyBench.Run());
if (args.Contains("serve"))
{
    figures.AddRange(Option("--peer") is { } peer
        ? await ServeBenches.BesideAsync(root, Option("--model") ?? RandomModel.Path(DType.Q4_0), new Uri(peer), Option("--peer-key"))
        : await ServeBenches.RunAsync(root, int.Parse(Option("--requests") ?? "4000")));
}
if (Asked("models"))
    figures.AddRange(UnderstandingBench.Run(root));
if (Asked("selection"))
    figures.AddRange(SelectionBench.Run());
if (Asked("up"))
    figures.AddRange(await UpBench.RunAsync(root, int.Parse(Option("--requests") ?? "4000")));
if (args.Contains("swap"))
{
    figures.AddRange(SwapSimulation.Run());
    figures.AddRange(await SwapBench.RunAsync(root));
}
if (Asked("api"))
    figures.AddRange(await ApiBenches.RunAsync(root, int.Parse(Option("--objects") ?? "1000")));
if (args.Contains("control"))
{
    figures.AddRange(await SettleBench.RunAsync(root));
    figures.AddRange(await KillBench.RunAsync(root, int.Parse(Option("--kills") ?? "200"), seed: 8));
}

Console.Write(Figures.Table(figures));
if (Option("--json") is { } json)
    await File.WriteAllTextAsync(json, Figures.Json(figures) + "\n");
return 0;

bool Asked(string part) => args.Contains(part) || !args.Any(a => a is "engine" or "speed" or "serve" or "models" or "selection" or "up" or "api" or "swap" or "control");

string? Option(string name)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
