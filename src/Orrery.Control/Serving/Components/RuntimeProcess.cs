using System.Globalization;
using Orrery.Control.Fitting;
using Orrery.Resources.Runtimes;

namespace Orrery.Control.Serving.Components;

/// <summary>A runtime's process as it is on the chosen accelerators: with what its format sets for their class, and with the parallelism that the fit found. Pure.</summary>
internal static class RuntimeProcess
{
    public static ProcessSpec On(ProcessSpec process, AcceleratorModelConfig? config, FitResult.Fits? fit)
    {
        if (config?.RuntimeArgsOverride is { Count: > 0 } arguments)
            process = process with { Args = Replaced(process.Args ?? [], arguments) };
        if (config?.EnvironmentOverride is { Count: > 0 } environment)
            process = process with { Env = [.. (process.Env ?? []).Where(e => !environment.ContainsKey(e.Name!)), .. environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new EnvVar { Name = e.Key, Value = e.Value })] };
        string Filled(string text) => text
            .Replace("$(TENSOR_PARALLEL_SIZE)", Number(fit?.Tensor), StringComparison.Ordinal)
            .Replace("$(PIPELINE_PARALLEL_SIZE)", Number(fit?.Pipeline), StringComparison.Ordinal)
            .Replace("$(DATA_PARALLEL_SIZE)", Number(fit?.Data), StringComparison.Ordinal);
        return process with
        {
            Command = process.Command is null ? null : [.. process.Command.Select(Filled)],
            Args = process.Args is null ? null : [.. process.Args.Select(Filled)],
            Env = process.Env is null ? null : [.. process.Env.Select(e => e with { Value = e.Value is null ? null : Filled(e.Value) })],
        };
    }

    private static string Number(int? size) => (size ?? 1).ToString(CultureInfo.InvariantCulture);

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
