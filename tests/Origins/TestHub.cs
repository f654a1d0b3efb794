using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

// Git's names are made with SHA-1.
#pragma warning disable CA5350

namespace Orrery.Testing.Origins;

/// <summary>
/// A server that answers as Hugging Face's hub does: commits, trees in pages, small files at once, large ones by a redirect to a store of contents.
/// <see cref="Before"/> makes it misbehave.
/// </summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Repository> _repositories = new();
    private readonly ConcurrentDictionary<string, byte[]> _contents = new();
    private long _bytesServed;
    private int _atOnce;
    private int _mostAtOnce;

    private TestHub(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Of files, also of answers that were cut.</summary>
    public long BytesServed => Interlocked.Read(ref _bytesServed);

    public int FilesAtOnce => Volatile.Read(ref _atOnce);

    public int MostFilesAtOnce => Volatile.Read(ref _mostAtOnce);

    public ConcurrentQueue<(string Path, string? Authorization, string? Range)> Asked { get; } = new();

    /// <summary>Sees each question first; true: it answered.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>Where large files are redirected to; null: to this server.</summary>
    public Uri? ContentAddress { get; set; }

    /// <summary>Null: everybody may.</summary>
    public string? Token { get; set; }

    public int PageSize { get; set; } = 1000;

    /// <summary>Bytes between two looks at whether the client is still there.</summary>
    public int PieceBytes { get; set; } = 16 * 1024;

    /// <summary>Awaited before each piece of a file.</summary>
    public Func<CancellationToken, Task> Pace { get; set; } = _ => Task.CompletedTask;

    public static async Task<TestHub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var hub = new TestHub(app);
        app.Run(hub.AnswerAsync);
        await app.StartAsync();
        hub.Address = new Uri(app.Urls.Single());
        return hub;
    }

    /// <summary>A commit of a repository; its branch main is then that one.</summary>
    /// <param name="large">Kept as LFS does: by SHA-256, behind a redirect. Others are Git's own.</param>
    /// <returns>The commit.</returns>
    public string Commit(string name, IReadOnlyDictionary<string, byte[]> files, Func<string, bool>? large = null)
    {
        var tree = files.ToDictionary(
            f => f.Key,
            f =>
            {
                bool isLarge = (large ?? (p => p.EndsWith(".safetensors", StringComparison.Ordinal) || p.EndsWith(".gguf", StringComparison.Ordinal)))(f.Key);
                string sha256 = Convert.ToHexStringLower(SHA256.HashData(f.Value));
                _contents[sha256] = f.Value;
                return new HubFile(f.Value, isLarge ? sha256 : null, GitName(f.Value));
            });
        string commit = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(tree.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}{f.Value.Git}")))));
        var repository = _repositories.GetOrAdd(name, _ => new Repository());
        repository.Trees[commit] = tree;
        repository.Branches["main"] = commit;
        return commit;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Asked.Enqueue((http.Request.Path, http.Request.Headers.Authorization.FirstOrDefault(), http.Request.Headers.Range.FirstOrDefault()));
        if (await Before(http))
            return;
        string[] parts = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["contents", ..] && Token is { } token && http.Request.Headers.Authorization != $"Bearer {token}")
        {
            http.Response.Headers["X-Error-Code"] = "GatedRepo";
            http.Response.StatusCode = 401;
            return;
        }
        await (parts switch
        {
            ["contents", var sha256] when _contents.TryGetValue(sha256, out byte[]? content) => FileAsync(http, content, $"\"{sha256}-1\""),
            ["api", "models", var org, var name, "revision", var revision] => RevisionAsync(http, $"{org}/{name}", Uri.UnescapeDataString(revision)),
            ["api", "models", var org, var name, "tree", var commit] => TreeAsync(http, $"{org}/{name}", commit),
            [var org, var name, "resolve", var commit, .. var path] => ResolveAsync(http, $"{org}/{name}", commit, string.Join('/', path)),
            _ => NotFoundAsync(http, "EntryNotFound"),
        });
    }

    private Task RevisionAsync(HttpContext http, string name, string revision)
    {
        if (!_repositories.TryGetValue(name, out var repository))
            return NotFoundAsync(http, "RepoNotFound");
        string? commit = repository.Branches.GetValueOrDefault(revision) ?? (repository.Trees.ContainsKey(revision) ? revision : null);
        return commit is null
            ? NotFoundAsync(http, "RevisionNotFound")
            : JsonAsync(http, new JsonObject { ["id"] = name, ["sha"] = commit, ["private"] = false, ["gated"] = false });
    }

    private Task TreeAsync(HttpContext http, string name, string commit)
    {
        if (!_repositories.TryGetValue(name, out var repository) || !repository.Trees.TryGetValue(commit, out var tree))
            return NotFoundAsync(http, "RevisionNotFound");
        int from = int.TryParse(http.Request.Query["cursor"], out int cursor) ? cursor : 0;
        var page = tree.OrderBy(f => f.Key, StringComparer.Ordinal).Skip(from).Take(PageSize).ToList();
        if (from + page.Count < tree.Count)
            http.Response.Headers.Link = $"<{Address.ToString().TrimEnd('/')}{http.Request.Path}?recursive=true&cursor={from + page.Count}>; rel=\"next\"";
        return JsonAsync(http, new JsonArray(
        [
            .. page.Select(f =>
            {
                var entry = new JsonObject { ["type"] = "file", ["oid"] = f.Value.Git, ["size"] = f.Value.Bytes.Length, ["path"] = f.Key };
                if (f.Value.Sha256 is { } sha256)
                    entry["lfs"] = new JsonObject { ["oid"] = sha256, ["size"] = f.Value.Bytes.Length, ["pointerSize"] = 134 };
                return entry;
            }),
        ]));
    }

    private Task ResolveAsync(HttpContext http, string name, string commit, string path)
    {
        if (!_repositories.TryGetValue(name, out var repository) || !repository.Trees.TryGetValue(commit, out var tree) || !tree.TryGetValue(path, out var file))
            return NotFoundAsync(http, "EntryNotFound");
        if (file.Sha256 is null)
            return FileAsync(http, file.Bytes, $"\"{file.Git}\"");
        http.Response.Headers["X-Linked-ETag"] = $"\"{file.Sha256}\"";
        http.Response.Headers.Location = new Uri(ContentAddress ?? Address, $"/contents/{file.Sha256}?Signature=secret").ToString();
        http.Response.StatusCode = 302;
        return Task.CompletedTask;
    }

    /// <summary>The file, or the range of it that is asked for.</summary>
    public async Task FileAsync(HttpContext http, byte[] content, string etag)
    {
        int most = Interlocked.Increment(ref _atOnce);
        InterlockedMax(ref _mostAtOnce, most);
        try
        {
            int from = 0, to = content.Length - 1;
            if (http.Request.Headers.Range.FirstOrDefault() is { } range)
            {
                string[] ends = range["bytes=".Length..].Split('-');
                (from, to) = (int.Parse(ends[0]), Math.Min(int.Parse(ends[1]), content.Length - 1));
                http.Response.StatusCode = 206;
                http.Response.Headers.ContentRange = $"bytes {from}-{to}/{content.Length}";
            }
            http.Response.Headers.ETag = etag;
            http.Response.ContentLength = to - from + 1;
            for (int at = from; at <= to; at += PieceBytes)
            {
                await Pace(http.RequestAborted);
                int count = Math.Min(PieceBytes, to - at + 1);
                await http.Response.Body.WriteAsync(content.AsMemory(at, count), http.RequestAborted);
                Interlocked.Add(ref _bytesServed, count);
            }
        }
        catch (OperationCanceledException)
        {
            // The client is gone.
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }

    private static Task NotFoundAsync(HttpContext http, string code)
    {
        http.Response.Headers["X-Error-Code"] = code;
        http.Response.StatusCode = 404;
        return http.Response.WriteAsync("{\"error\":\"not found\"}");
    }

    private static Task JsonAsync(HttpContext http, JsonNode json)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(json.ToJsonString());
    }

    private static string GitName(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    private static void InterlockedMax(ref int place, int value)
    {
        for (int seen = place; value > seen; seen = place)
        {
            if (Interlocked.CompareExchange(ref place, value, seen) == seen)
                return;
        }
    }

    private sealed record HubFile(byte[] Bytes, string? Sha256, string Git);

    private sealed class Repository
    {
        public ConcurrentDictionary<string, Dictionary<string, HubFile>> Trees { get; } = new();

        public ConcurrentDictionary<string, string> Branches { get; } = new();
    }
}
