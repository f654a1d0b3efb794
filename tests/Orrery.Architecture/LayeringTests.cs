using System.Xml.Linq;

namespace Orrery.Architecture;

public sealed class LayeringTests
{
    /// <summary>Bottom first, as docs and README draw it. A project may reference only projects on lower lines.</summary>
    private static readonly string[][] Layers =
    [
        ["Tensors"],
        ["Models", "Resources", "Storage", "Wire"],
        ["Control", "Platform", "Engine"],
        ["Local", "Api", "Gateway", "ModelAgent", "Replica"],
        ["Cli"],
    ];

    private static readonly Dictionary<string, int> Rank = Layers
        .SelectMany((names, layer) => names.Select(name => (Name: "Orrery." + name, Layer: layer)))
        .ToDictionary(p => p.Name, p => p.Layer);

    public static IEnumerable<string> Projects
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    [Fact]
    public void References_only_point_down()
    {
        var upward =
            from project in Projects
            let user = Path.GetFileNameWithoutExtension(project)
            from used in ReferencesOf(project)
            where Rank[user] <= Rank[used]
            select $"{user} -> {used}";

        Assert.Empty(upward);
    }

    [Fact]
    public void Every_project_has_its_layer_and_every_layer_its_projects()
    {
        var there = Projects.Select(p => Path.GetFileNameWithoutExtension(p)).Order();

        Assert.Equal(Rank.Keys.Order(), there);
    }

    [Fact]
    public void Every_project_has_tests_and_every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Repository.File("Orrery.slnx"));
        var missing = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(p => !p.Contains($"{Path.DirectorySeparatorChar}artifacts{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Where(p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal));
        var untested = Projects.Select(p => Path.GetFileNameWithoutExtension(p))
            .Where(name => !Directory.Exists(Repository.File("tests", name + ".Tests")));

        Assert.Empty(missing);
        Assert.Empty(untested);
    }

    [Fact]
    public void The_map_in_the_readme_names_every_project()
    {
        string readme = File.ReadAllText(Repository.File("README.md"));

        Assert.DoesNotContain(Projects.Select(p => Path.GetFileNameWithoutExtension(p)), name => !readme.Contains($"`{name}`", StringComparison.Ordinal));
    }

    private static IEnumerable<string> ReferencesOf(string project)
        => XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
}
