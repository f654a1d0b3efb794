using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orrery.Local.Tests;

/// <summary><c>serve --socket PATH | --port N [--health STATUS] [--first STATUS] [--stop-after SECONDS]</c>: answers with its own pid.</summary>
internal static class TestServer
{
    public static async Task<int> RunAsync(string[] options)
    {
        string? Option(string name) => Array.IndexOf(options, name) is >= 0 and var at ? options[at + 1] : null;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (Option("--socket") is { } socket)
                kestrel.ListenUnixSocket(socket);
            else
                kestrel.ListenLocalhost(int.Parse(Option("--port")!));
        });
        await using var app = builder.Build();
        app.MapGet("/health", () => Results.StatusCode(int.Parse(Option("--health") ?? "200")));
        app.MapPost("/first", () => Results.StatusCode(int.Parse(Option("--first") ?? "200")));
        app.MapGet("/pid", () => $"{Environment.ProcessId}");
        app.MapGet("/folder", () => Environment.CurrentDirectory);
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            Console.WriteLine("asked to stop");
            if (Option("--stop-after") is { } seconds)
            {
                Thread.Sleep(TimeSpan.FromSeconds(int.Parse(seconds)));
                Console.WriteLine("done");
            }
        });
        await app.StartAsync();
        Console.WriteLine("serving");
        Console.Error.WriteLine("and complaining");
        await app.WaitForShutdownAsync();
        return 0;
    }
}
