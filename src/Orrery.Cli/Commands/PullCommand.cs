using System.CommandLine;
using Orrery.Cli.Connections;
using Orrery.Cli.Manifests;
using Orrery.Cli.Output;
using Orrery.Cli.Pulling;
using Orrery.Resources.Models;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery pull hf://ORG/NAME</c>: writes down a model and shows how its files come.</summary>
internal static class PullCommand
{
    // Not that of `apply`: fields that a manifest gave the same model stay its own.
    private const string Manager = "orrery-pull";

    public static Command Create(IAnsiConsole console)
    {
        var address = new Argument<string>("ADDRESS") { Description = "hf://ORG/NAME[@REVISION], s3://BUCKET/PREFIX, https://HOST/FILE, oci://REGISTRY/REPOSITORY:TAG, gs:// or az://" };
        var name = new Argument<string?>("NAME") { Description = "Of the model. Default: made from the address.", Arity = ArgumentArity.ZeroOrOne };
        var quantization = new Option<string?>("--quantization") { Description = "Which GGUF file of several, as in Q4_K_M.", HelpName = "type" };
        var version = new Option<string?>("--model-version") { Description = "What this version of the model is called. Earlier ones stay for a way back.", HelpName = "version" };
        var secret = new Option<string?>("--secret") { Description = "Secret with the credentials, as in a token under the name 'token'.", HelpName = "name" };
        var endpoint = new Option<string?>("--endpoint") { Description = "Another server with the same API: a mirror of the hub, a store of objects.", HelpName = "address" };
        var wait = new Option<bool>("--wait") { Description = "Come back when it is ready. Default: true.", DefaultValueFactory = _ => true };
        var command = new Command("pull", "Fetch a model and keep it here.") { address, name, quantization, version, secret, endpoint, wait }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            var parameters = parsed.GetValue(endpoint) is { } at ? new Dictionary<string, string> { ["endpoint"] = at } : [];
            var pulled = new PulledModel(
                parsed.GetValue(address)!, parsed.GetValue(name), parsed.GetValue(CommonOptions.Namespace), parsed.GetValue(version),
                parsed.GetValue(quantization), parsed.GetValue(secret), parameters);
            var time = TimeProvider.System;
            var asked = time.GetUtcNow();
            var json = pulled.ToJson(asked);
            using var session = ApiSession.Open(parsed);
            var manifest = await session.ResolveAsync(c => Manifest.From(json, c, session.Namespace(parsed), isGiven: false, check: session.IsHome), ct);
            await session.Client.ApplyAsync(manifest, $"fieldManager={Manager}&fieldValidation=Strict", ct);
            var output = console.Profile.Out.Writer;
            if (!parsed.GetValue(wait))
            {
                await output.WriteLineAsync($"{manifest.Title} is being fetched; `orrery models` shows how far.");
                return 0;
            }
            try
            {
                var watch = new PullWatch(console, stop => session.Client.GetAsync(manifest.Kind, manifest.Namespace, manifest.Name, table: false, stop), time);
                var status = await watch.UntilReadyAsync(manifest.Title, asked, ct);
                await output.WriteLineAsync(
                    $"{manifest.Title} is ready: {status.Architecture}, {ParameterSize.Text(status.Parameters ?? 0)} parameters, {status.Quantization}, {Quantity.Bytes(status.SizeBytes ?? 0)}, {status.Digest}");
                return 0;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                await output.WriteLineAsync($"\nThe download goes on. `orrery models` shows how far; `orrery delete {manifest.Title}` ends it.");
                return 130;
            }
        });
        return command;
    }
}
