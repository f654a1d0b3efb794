using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Serving.Components;

/// <summary>A runtime's process or container as it is on the chosen accelerators: with what its format sets for their class. Pure.</summary>
internal static class RuntimeProcess
{
    public static ProcessSpec On(ProcessSpec process, AcceleratorModelConfig? config)
    {
        if (config?.RuntimeArgsOverride is { Count: > 0 } arguments)
            process = process with { Args = Replaced(process.Args ?? [], arguments) };
        if (config?.EnvironmentOverride is { Count: > 0 } environment)
            process = process with { Env = [.. (process.Env ?? []).Where(e => !environment.ContainsKey(e.Name!)), .. environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new EnvVar { Name = e.Key, Value = e.Value })] };
        return process;
    }

    /// <summary>The same of its container.</summary>
    public static ContainerSpec On(ContainerSpec container, AcceleratorModelConfig? config)
    {
        if (config?.RuntimeArgsOverride is { Count: > 0 } arguments)
            container = container with { Args = Replaced(container.Args ?? [], arguments) };
        if (config?.EnvironmentOverride is { Count: > 0 } environment)
            container = container with { Env = [.. (container.Env ?? []).Where(e => !environment.ContainsKey(e.Name!)), .. environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new ContainerEnvVar { Name = e.Key, Value = e.Value })] };
        return container;
    }

    /// <summary>An option goes with the values behind it; one of the same name is replaced where it stands, a further one comes last.</summary>
    internal static IReadOnlyList<string> Replaced(IReadOnlyList<string> arguments, IReadOnlyList<string> overrides)
    {
        var groups = Groups(arguments);
        foreach (var group in Groups(overrides))
        {
            int at = groups.FindIndex(g => Name(g[0]) == Name(group[0]));
            if (at >= 0 && IsOption(group[0]))
                groups[at] = group;
            else
                groups.Add(group);
        }
        return [.. groups.SelectMany(g => g)];
    }

    private static List<List<string>> Groups(IReadOnlyList<string> arguments)
    {
        List<List<string>> groups = [];
        foreach (string argument in arguments)
        {
            if (IsOption(argument) || groups.Count == 0)
                groups.Add([argument]);
            else
                groups[^1].Add(argument);
        }
        return groups;
    }

    private static bool IsOption(string argument) => argument.StartsWith('-') && argument.Length > 1 && !char.IsAsciiDigit(argument[1]);

    private static string Name(string argument) => argument.Split('=', 2)[0];
}
