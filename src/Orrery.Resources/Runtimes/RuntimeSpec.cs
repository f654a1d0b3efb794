using System.Text.Json;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;

namespace Orrery.Resources.Runtimes;

/// <summary>How to run models of some formats. Fields follow OME; <see cref="Process"/> is Orrery's: how to run without containers.</summary>
public sealed record RuntimeSpec
{
    public IReadOnlyList<SupportedModelFormat>? SupportedModelFormats { get; init; }
    public ModelSizeRange? ModelSizeRange { get; init; }
    public bool? Disabled { get; init; }
    public IReadOnlyList<string>? ProtocolVersions { get; init; }
    public JsonElement? AcceleratorRequirements { get; init; }

    /// <summary>How each replica starts on a machine without containers.</summary>
    public ProcessSpec? Process { get; init; }

    public ComponentSpec? EngineConfig { get; init; }
    public ComponentSpec? DecoderConfig { get; init; }
    public ComponentSpec? RouterConfig { get; init; }

    internal IEnumerable<string> Problems()
    {
        for (int i = 0; i < (SupportedModelFormats?.Count ?? 0); i++)
        {
            if (SupportedModelFormats![i] is { ModelFormat.Name: null or "", Name: null or "" })
                yield return $"spec.supportedModelFormats[{i}].modelFormat.name: must be set, for example gguf";
            if (SupportedModelFormats[i].Priority is < 1)
                yield return $"spec.supportedModelFormats[{i}].priority: {SupportedModelFormats[i].Priority} must be 1 or more";
        }
        foreach (var (size, end) in new[] { (ModelSizeRange?.Min, "min"), (ModelSizeRange?.Max, "max") })
        {
            if (size is not null && ParameterSize.Parse(size) is null)
                yield return $"spec.modelSizeRange.{end}: '{size}' must be a number with K, M, B or T, for example 7B";
        }
        if (Process is not null)
        {
            foreach (string problem in Process.Problems("spec.process"))
                yield return problem;
        }
        foreach (var (component, name) in new[] { (EngineConfig, "engineConfig"), (DecoderConfig, "decoderConfig"), (RouterConfig, "routerConfig") })
        {
            foreach (string problem in component?.Problems($"spec.{name}") ?? [])
                yield return problem;
        }
    }
}

/// <summary>One kind of model that a runtime can serve. Unset means any.</summary>
public sealed record SupportedModelFormat
{
    /// <summary>OME's older way to give the format's name.</summary>
    public string? Name { get; init; }

    public string? Version { get; init; }
    public FormatSpec? ModelFormat { get; init; }
    public FormatSpec? ModelFramework { get; init; }
    public string? ModelArchitecture { get; init; }
    public string? ModelType { get; init; }
    public string? Quantization { get; init; }
    public JsonElement? DiffusionPipeline { get; init; }

    /// <summary>False: only services that name the runtime get it.</summary>
    public bool? AutoSelect { get; init; }

    public int? Priority { get; init; }
    public JsonElement? AcceleratorConfig { get; init; }

    /// <summary>The format's name from either field.</summary>
    public string? FormatName() => ModelFormat?.Name ?? Name;
}

/// <summary>Inclusive, such as <c>7B</c> to <c>9B</c>; either end may be open.</summary>
public sealed record ModelSizeRange
{
    public string? Min { get; init; }
    public string? Max { get; init; }
}

/// <summary>
/// A child process that serves one replica over HTTP. Text in <c>command</c>, <c>args</c> and <c>env</c> may name <c>$(MODEL_PATH)</c>,
/// <c>$(MODEL_NAME)</c>, and <c>$(SOCKET)</c> (a unix socket to listen on) or <c>$(PORT)</c> (a free loopback port to listen on).
/// </summary>
public sealed record ProcessSpec
{
    /// <summary>Program and first arguments. <c>orrery</c> is this program itself.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }
    public IReadOnlyList<EnvVar>? Env { get; init; }

    /// <summary>Absolute. Default: the home's folder for the replica.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>Path that answers 200 when the server can take requests. Default <c>/health</c>.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Longest time from start to the first answered request, in seconds. Default 120.</summary>
    public int? StartupTimeoutSeconds { get; init; }

    /// <summary>From "stop" to "kill", in seconds. Default 2.</summary>
    public int? TerminationGracePeriodSeconds { get; init; }

    internal IEnumerable<string> Problems(string path)
    {
        if (Command is not { Count: > 0 } || Command[0].Length == 0)
            yield return $"{path}.command: must name a program, for example [orrery, engine]";
        else if (!Command.Concat(Args ?? []).Any(a => a.Contains("$(SOCKET)", StringComparison.Ordinal) || a.Contains("$(PORT)", StringComparison.Ordinal))
                 && !(Env ?? []).Any(e => e.Value is { } v && (v.Contains("$(SOCKET)", StringComparison.Ordinal) || v.Contains("$(PORT)", StringComparison.Ordinal))))
            yield return $"{path}.command: neither command, args nor env name $(SOCKET) or $(PORT), so the server could not be reached";
        if (WorkingDir is { } dir && !System.IO.Path.IsPathFullyQualified(dir))
            yield return $"{path}.workingDir: '{dir}' must be absolute";
        if (HealthPath is { } health && !health.StartsWith('/'))
            yield return $"{path}.healthPath: '{health}' must start with /";
        if (StartupTimeoutSeconds is < 1 or > 86_400)
            yield return $"{path}.startupTimeoutSeconds: {StartupTimeoutSeconds} must be between 1 and 86400";
        if (TerminationGracePeriodSeconds is < 0 or > 3_600)
            yield return $"{path}.terminationGracePeriodSeconds: {TerminationGracePeriodSeconds} must be between 0 and 3600";
        for (int i = 0; i < (Env?.Count ?? 0); i++)
        {
            if (Env![i].Name is not { Length: > 0 } name || name.Contains('='))
                yield return $"{path}.env[{i}].name: '{Env[i].Name}' must be set and hold no '='";
        }
    }
}

public sealed record EnvVar
{
    public string? Name { get; init; }
    public string? Value { get; init; }
}
