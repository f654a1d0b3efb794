using System.Text.Json.Nodes;
using Orrery.Cli.Catalogue;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Validation;

namespace Orrery.Cli.Up;

/// <summary>
/// What a home holds before anybody wrote to it: the default namespace, the catalogue of runtimes, one model and a service for it.
/// The model and service are made once per home and model: what a user deleted or changed stays so. The model's address follows the
/// program, which may have moved.
/// </summary>
internal static class Seed
{
    public const string DemoModel = "planets";

    // On the default namespace: names of the models that were made once already.
    private const string SeededAnnotation = "orrery.dev/seeded";

    public static string DemoModelPath => Path.Combine(AppContext.BaseDirectory, "models", "planets", "planets-Q8_0.gguf");

    public static async Task<string> PlantAsync(ResourceStore store, string? modelPath, CancellationToken ct)
    {
        await store.EnsureNamespaceAsync(Namespace.Default, ct);
        await CatalogueSeed.PlantAsync(store, RuntimeCatalogue.Load(), ct);

        string name = modelPath is null ? DemoModel : NameOf(modelPath);
        var model = Document.From(new ClusterBaseModel
        {
            Metadata = new Metadata { Name = name },
            Spec = new ModelSpec
            {
                // What the files say is found when the model arrives. Said here it would win over them: a model that ranks texts would be taken for one that writes.
                ModelCapabilities = ModelFiles.IsForEmbeddings(modelPath ?? DemoModelPath) ? ["TEXT_EMBEDDINGS"] : null,
                Storage = new StorageSpec { StorageUri = "file://" + Path.GetFullPath(modelPath ?? DemoModelPath) },
            },
        });
        var ns = (await store.GetAsync<Namespace>("", Namespace.Default, ct))!;
        string[] seeded = (ns.Metadata.Annotations?.GetValueOrDefault(SeededAnnotation) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (seeded.Contains(name))
        {
            await MoveAsync(store, model, ct);
            return name;
        }

        await PutAsync(store, model, ct);
        await store.CreateAsync(
            Document.From(new InferenceService
            {
                Metadata = new Metadata { Name = name, Namespace = Namespace.Default },
                Spec = new InferenceServiceSpec { Model = new ModelReference { Name = name, Kind = "ClusterBaseModel" }, Engine = new ComponentSpec { MinReplicas = 1 } },
            }),
            ct);
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [SeededAnnotation] = string.Join(' ', seeded.Append(name)) } },
        };
        (await store.MergePatchAsync(Namespace.Kind.Key(Namespace.Default), patch, status: false, ct)).Stored();
        return name;
    }

    private static async Task PutAsync(ResourceStore store, Document wanted, CancellationToken ct)
    {
        if (await store.CreateAsync(wanted, ct) is WriteOutcome.AlreadyExists exists)
            (await store.MergePatchAsync(exists.Key, Without(wanted, "status"), status: false, ct)).Stored();
    }

    /// <summary>The model that came along lies where this program lies.</summary>
    private static async Task MoveAsync(ResourceStore store, Document model, CancellationToken ct)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["storage"] = model.ToJson()["spec"]!["storage"]!.DeepClone() } };
        await store.MergePatchAsync(model.Key, patch, status: false, ct);
    }

    private static JsonObject Without(Document document, string field)
    {
        var json = document.ToJson();
        json.Remove(field);
        return json;
    }

    /// <summary>A file's name made into an object's: <c>My Model.Q8_0.gguf</c> is <c>my-model.q8-0</c>.</summary>
    internal static string NameOf(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path).ToLowerInvariant();
        string name = new string([.. stem.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-')]).Trim('-', '.');
        return Names.IsValid(name) ? name : "model";
    }
}
