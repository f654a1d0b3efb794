using System.Text;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Access;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Health;

/// <summary>
/// <c>/livez</c>, <c>/readyz</c> and the older <c>/healthz</c>: <c>ok</c>, or 500. <c>?verbose</c> lists the checks, <c>?exclude=NAME</c> leaves one
/// out. Each check has a path of its own too, for those with a key.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private sealed record Check(string Name, Func<CancellationToken, Task> RunAsync);

    public static void Map(GuardedRoutes routes, IResourceStore store)
    {
        var ping = new Check("ping", _ => Task.CompletedTask);
        var readsStore = new Check("store", ct => store.GetAsync(Namespace.Kind.Key(Namespace.Default), ct));
        Map(routes, "livez", [ping]);
        Map(routes, "readyz", [ping, readsStore]);
        Map(routes, "healthz", [ping, readsStore]);
    }

    private static void Map(GuardedRoutes routes, string name, IReadOnlyList<Check> checks)
    {
        routes.Map("GET", $"/{name}", AccessPolicy.Public, http => AnswerAsync(http, name, checks));
        foreach (var check in checks)
            routes.Map("GET", $"/{name}/{check.Name}", AccessPolicy.For("get", "health"), http => AnswerAsync(http, $"{name}/{check.Name}", [check]));
    }

    private static async Task AnswerAsync(HttpContext http, string name, IReadOnlyList<Check> checks)
    {
        var report = new StringBuilder();
        bool well = true;
        foreach (var check in checks)
        {
            if (http.Request.Query["exclude"].Contains(check.Name))
            {
                report.Append($"[+]{check.Name} excluded: ok\n");
                continue;
            }
            bool passed = await PassesAsync(check, http.RequestAborted);
            well &= passed;
            // Why is for the log: anybody may ask here.
            report.Append(passed ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: reason withheld\n");
        }
        report.Append($"{name} check {(well ? "passed" : "failed")}\n");

        http.Response.StatusCode = well ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache, private";
        await http.Response.WriteAsync(well && !http.Request.Query.ContainsKey("verbose") ? "ok" : report.ToString(), http.RequestAborted);
    }

    private static async Task<bool> PassesAsync(Check check, CancellationToken ct)
    {
        try
        {
            await check.RunAsync(ct).WaitAsync(Bound, ct);
            return true;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
