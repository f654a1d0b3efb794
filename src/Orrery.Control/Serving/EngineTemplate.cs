using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving;

/// <summary>Turns a service, its model's path and its runtime into the workload that serves it. Pure.</summary>
public static class EngineTemplate
{
    public static Workload Render(Document service, ComponentSpec engine, ProcessSpec process, ModelToServe model, int replicas)
    {
        long grace = process.TerminationGracePeriodSeconds ?? engine.TerminationGracePeriodSeconds ?? 2;
        var template = new ProcessTemplate
        {
            Command = [.. (process.Command ?? []).Concat(process.Args ?? []).Select(Filled)],
            Env = [.. (process.Env ?? []).Select(e => new WorkloadVariable(e.Name!, Filled(e.Value ?? "")))],
            WorkingDirectory = process.WorkingDir,
        };
        var probe = Probe(process, model);
        return new Workload
        {
            Key = new WorkloadKey(service.Metadata.Namespace!, ServingNames.Engine(service.Metadata.Name!)),
            Owner = new OwnerReference
            {
                ApiVersion = service.Kind.ApiVersion,
                Kind = service.Kind.Name,
                Name = service.Metadata.Name,
                Uid = service.Metadata.Uid,
                Controller = true,
            },
            Revision = Revision(service.Metadata.Uid!, template, probe),
            Replicas = replicas,
            Component = ServingNames.EngineComponent,
            Labels = LabelsOf(service),
            Process = template,
            Models = [model.Path],
            Probe = probe,
            DrainTimeout = TimeSpan.FromSeconds(grace),
        };

        // Plain text in, plain text out: nothing is escaped, so nothing can be escaped wrongly.
        string Filled(string text) => text
            .Replace("$(MODEL_PATH)", model.Path, StringComparison.Ordinal)
            .Replace("$(MODEL_NAME)", model.Name, StringComparison.Ordinal)
            .Replace("$(GRACE_PERIOD_SECONDS)", grace.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    // What people select by: `kubectl logs -l orrery.dev/inferenceservice=stories`.
    private static SortedDictionary<string, string> LabelsOf(Document service) => new(StringComparer.Ordinal)
    {
        ["app.kubernetes.io/name"] = service.Metadata.Name!,
        ["app.kubernetes.io/component"] = ServingNames.EngineComponent,
        ["app.kubernetes.io/managed-by"] = "orrery",
        [$"{Kinds.Group}/inferenceservice"] = service.Metadata.Name!,
        [$"{Kinds.Group}/component"] = ServingNames.EngineComponent,
    };

    /// <summary>Ready means having answered one minimal request of the model's first capability.</summary>
    private static Probe Probe(ProcessSpec process, ModelToServe model)
    {
        bool embeds = model.Capabilities is [var first, ..] && Capability.IsEmbedding(first);
        JsonObject request = embeds
            ? new JsonObject { ["model"] = model.Name, ["input"] = "a" }
            : new JsonObject { ["model"] = model.Name, ["prompt"] = "a", ["max_tokens"] = 1 };
        return new Probe
        {
            HealthPath = process.HealthPath ?? "/health",
            FirstRequestPath = embeds ? "/v1/embeddings" : "/v1/completions",
            FirstRequestBody = request.ToJsonString(),
            StartupTimeout = TimeSpan.FromSeconds(process.StartupTimeoutSeconds ?? 120),
        };
    }

    // The uid is part of it: a service that was deleted and made again starts from nothing.
    private static string Revision(string uid, ProcessTemplate process, Probe probe)
    {
        string[] parts = [uid, .. process.Command, "", .. process.Env.SelectMany(e => new[] { e.Name, e.Value }), "", process.WorkingDirectory ?? "", probe.ToString()];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))).AsSpan(0, 5));
    }
}

/// <summary>A model that is here and understood.</summary>
/// <param name="Capabilities">As the model's spec has them, else as its files do; empty: it completes text.</param>
public sealed record ModelToServe(string Name, string Path, IReadOnlyList<string> Capabilities);
