using Orrery.Bench;

// usage: Orrery.Bench ROOT [--json FILE] [--requests N]
string root = args[0];
string? json = Option("--json");
int requests = int.Parse(Option("--requests") ?? "4000");
var figures = new List<Figure>();

foreach (string model in Directory.EnumerateFiles(Path.Combine(root, "models"), "*.gguf", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    figures.AddRange(await EngineBench.RunAsync(Path.GetFileNameWithoutExtension(model), model));
figures.AddRange(await UpBench.RunAsync(root, requests));

Console.Write(Figures.Table(figures));
if (json is not null)
    await File.WriteAllTextAsync(json, Figures.Json(figures) + "\n");
return 0;

string? Option(string name)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
