using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Resources.Models;
using Spectre.Console;

namespace Orrery.Cli.Pulling;

/// <summary>Shows how a model comes, as a bar on a terminal and as lines elsewhere, until it is ready or failed.</summary>
/// <param name="look">The model as the server has it now.</param>
internal sealed class PullWatch(IAnsiConsole console, Func<CancellationToken, Task<JsonObject>> look, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <returns>What it was found to be.</returns>
    /// <exception cref="CliException">It failed: why, and what to do.</exception>
    public Task<ModelStatus> UntilReadyAsync(string name, DateTimeOffset asked, CancellationToken ct)
        => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal ? WithBarAsync(name, asked, ct) : WithLinesAsync(name, asked, ct);

    private async Task<ModelStatus> WithBarAsync(string name, DateTimeOffset asked, CancellationToken ct)
        => await console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(name), maxValue: 1);
                bar.IsIndeterminate = true;
                var status = await FollowAsync(name, asked, way =>
                {
                    bar.IsIndeterminate = way.Progress is null;
                    if (way.Progress is { TotalBytes: > 0 } progress)
                        bar.Value = (double)progress.CompletedBytes / progress.TotalBytes;
                    bar.Description = Markup.Escape(way.Progress is { } p
                        ? $"{name}  {Quantity.Bytes(p.CompletedBytes)} of {Quantity.Bytes(p.TotalBytes)}, {p.CompletedFiles} of {p.TotalFiles} files, {p.Progress}"
                        : $"{name}  {way.What} {way.Message}");
                }, ct);
                bar.IsIndeterminate = false;
                bar.Value = 1;
                return status;
            });

    private async Task<ModelStatus> WithLinesAsync(string name, DateTimeOffset asked, CancellationToken ct)
    {
        string last = "";
        return await FollowAsync(name, asked, way =>
        {
            string line = PullState.Line(way);
            if (line == last)
                return;
            last = line;
            console.Profile.Out.Writer.WriteLine($"{name}: {line}");
            console.Profile.Out.Writer.Flush();
        }, ct);
    }

    private async Task<ModelStatus> FollowAsync(string name, DateTimeOffset asked, Action<PullState.OnItsWay> show, CancellationToken ct)
    {
        while (true)
        {
            switch (PullState.Of(await look(ct), asked, time.GetUtcNow()))
            {
                case PullState.Ready ready:
                    return ready.Status;
                case PullState.Failed failed:
                    throw new CliException($"{name}: {failed.Message}");
                case PullState.OnItsWay way:
                    show(way);
                    break;
            }
            await Task.Delay(LookEvery, time, ct);
        }
    }
}
