using System.CommandLine;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orrery.Cli.Client;
using Orrery.Cli.Telemetry;
using Orrery.Cli.Up;
using Orrery.Engine;
using Orrery.Models;
using Orrery.Replica;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery engine --model PATH</c>: one model behind one socket. What a supervised replica runs; by hand it takes a port.</summary>
internal static class EngineCommand
{
    public const string Name = "engine";

    private const string GracePeriod = "--grace-period";
    private const int DefaultGraceSeconds = 2, MostGraceSeconds = 3600;

    // Of the grace period, for what is left to do when no more answers are made.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(0.5);

    /// <summary>How long after a signal the command still runs, at most.</summary>
    /// <param name="parsed">Without errors.</param>
    public static TimeSpan Grace(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetValue<int?>(GracePeriod) ?? DefaultGraceSeconds);

    public static Command Create(IAnsiConsole console)
    {
        var model = new Option<string>("--model") { Description = "GGUF file, safetensors file, or folder with config.json.", Required = true };
        var port = CommonOptions.Whole("--port", "Loopback port. 0: a free one.");
        var socket = new Option<string?>("--socket") { Description = "Unix socket to listen on instead of a port." };
        var flags = new EngineFlags();
        var embeddings = new Option<bool>("--embeddings") { Description = "Serve embeddings. Needless where the model's files say that it is for these." };
        var grace = CommonOptions.Whole(GracePeriod, $"Seconds between a signal and the end. Answers may go on for all of it but the last half second. Default: {DefaultGraceSeconds}.");
        var command = new Command(Name, "Serve one model file over the OpenAI API, without keys, on this machine only.") { model, port, socket, embeddings, grace };
        foreach (var flag in flags.All)
            command.Add(flag);
        command.SetAction(async (parsed, ct) =>
        {
            string path = parsed.GetValue(model)!;
            if (parsed.GetValue(grace) is < 0 or > MostGraceSeconds)
                throw new CliException($"{GracePeriod}: {parsed.GetValue(grace)} must be between 0 and {MostGraceSeconds} seconds.");
            var drain = Grace(parsed) - LastWords;
            var options = new ReplicaOptions { SocketPath = parsed.GetValue(socket), Port = parsed.GetValue(port) ?? 0, DrainFor = drain > TimeSpan.Zero ? drain : TimeSpan.Zero };
            if (options.SocketPath is not null && parsed.GetValue(port) is not null)
                throw new CliException("--port and --socket exclude each other.");
            if (options.Problems().FirstOrDefault() is { } problem)
                throw new CliException(problem);
            if (options.SocketPath is { } asked && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(asked))))
                throw new CliException($"--socket: there is no folder for '{asked}'. Make it first.");

            await using var loaded = Load(path, flags.Read(parsed), parsed.GetValue(embeddings));
            // A start that fails is told below, in one line; the host's own word of it is a stack trace.
            using var otlp = OtlpExport.Start(TelemetrySettings.Inherited(), "orrery-replica");
            using var logs = LoggerFactory.Create(logging =>
            {
                logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddSimpleConsole(c => c.SingleLine = true);
                if (otlp is not null)
                    logging.AddProvider(otlp.Logs);
            });
            try
            {
                await using var host = await StartAsync(loaded, options, logs, ct);
                var writer = console.Profile.Out.Writer;
                await writer.WriteLineAsync($"{Describe(loaded)} answers at {host.Address}");
                await writer.FlushAsync(ct);
                await host.RunAsync(ct);
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                throw new CliException($"The engine cannot listen{(options.SocketPath is { } at ? $" on {at}" : "")}: {e.Message}");
            }
            return 0;
        });
        return command;
    }

    private static Task<ReplicaHost> StartAsync(IAsyncDisposable model, ReplicaOptions options, ILoggerFactory logs, CancellationToken ct) => model switch
    {
        IEmbeddingModel embedding => ReplicaHost.StartAsync(embedding, options, TimeProvider.System, logs, ct),
        ITextModel text => ReplicaHost.StartAsync(text, options, TimeProvider.System, logs, ct),
        _ => throw new ArgumentException($"{model.GetType().Name} is no kind of model.", nameof(model)),
    };

    private static string Describe(IAsyncDisposable model) => model switch
    {
        IEmbeddingModel { Card: var card } => $"{card.Name} ({card.Architecture}, context {card.ContextTokens}, embeddings of {card.Dim} by {card.Pooling.ToString().ToLowerInvariant()})",
        ITextModel { Card: var card } => $"{card.Name} ({card.Architecture}, context {card.ContextTokens}{(card.Adapters.Count == 0 ? "" : $", adapters {string.Join(", ", card.Adapters)}")})",
        _ => throw new ArgumentException($"{model.GetType().Name} is no kind of model.", nameof(model)),
    };

    private static IAsyncDisposable Load(string path, EngineOptions options, bool embeddings)
    {
        if (!Path.Exists(path))
            throw new CliException(ModelFiles.Absent(path));
        try
        {
            if (!embeddings && !LocalEmbeddingModel.IsMeant(path) && !ModelFiles.IsForEmbeddings(path))
                return LocalTextModel.Load(path, options);
            if (options.Adapters.Count > 0)
                throw new CliException("--adapter: embeddings are made without adapters. `orrery merge` writes one into its base.");
            return LocalEmbeddingModel.Load(path, options);
        }
        catch (Exception e) when (e is InvalidModelFileException or ModelTooLargeException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }
}
