using System.CommandLine;
using Orrery.Cli.Connections;
using Orrery.Cli.Differences;
using Orrery.Cli.Manifests;
using Orrery.Resources.Text;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery diff -f FILE</c>: what <c>apply</c> would change, as the server says by a dry run.</summary>
internal static class DiffCommand
{
    public const string Name = "diff";

    /// <summary>Exit code when nothing could be compared; 1 says that there are differences.</summary>
    public const int Failed = 2;

    public static Command Create(IAnsiConsole console)
    {
        var manifests = new ManifestOptions();
        var command = new Command(Name, "Show what apply would change. Exit code 0: nothing, 1: something, 2: it failed.");
        manifests.AddTo(command);
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            bool isDifferent = false;
            foreach (var manifest in await manifests.ReadAsync(parsed, session, ct))
            {
                var live = await session.Client.FindAsync(manifest.Kind, manifest.Namespace, manifest.Name, ct);
                var merged = ComparedObject.Of(manifest.Kind, await session.Client.ApplyAsync(manifest, manifests.Parameters(parsed, dryRun: true), ct));
                var before = live is null ? null : ComparedObject.Of(manifest.Kind, live);
                ComparedObject.Mask(manifest.Kind, before, merged);
                string text = UnifiedDiff.Of(before is null ? "" : Yaml.Write(before), Yaml.Write(merged), $"live/{manifest.Title}", $"merged/{manifest.Title}");
                isDifferent |= text.Length > 0;
                await console.Profile.Out.Writer.WriteAsync(text);
            }
            return isDifferent ? 1 : 0;
        });
        return command;
    }
}
