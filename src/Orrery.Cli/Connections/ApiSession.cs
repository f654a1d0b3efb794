using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;
using Orrery.Cli.Discovery;

namespace Orrery.Cli.Connections;

/// <summary>A command's connection to the server that it is about.</summary>
internal sealed class ApiSession : IDisposable
{
    private readonly HttpClient _http;
    private readonly ServerAccess _access;
    private readonly DiscoveryCache _cache;

    private ApiSession(ServerAccess access, string? home)
    {
        _access = access;
        _http = ServerHttp.Create(access);
        _cache = DiscoveryCache.ForServer(access.Server, TimeProvider.System);
        Home = home;
        Client = new ResourceClient(_http, home is not null ? "Is orrery up running?" : $"It is the server of context '{access.Context}'.");
    }

    public ResourceClient Client { get; }

    /// <summary>The folder of the running <c>up</c> of this very program that the server is; null: it is another server.</summary>
    public string? Home { get; }

    public bool IsHome => Home is not null;

    public Uri Server => _access.Server;

    public string Context => _access.Context;

    /// <summary>The context's.</summary>
    public string DefaultNamespace => _access.Namespace;

    /// <exception cref="CliException">Nothing runs in the home, or the context is not whole.</exception>
    public static ApiSession Open(ParseResult parsed)
    {
        var choice = ContextChoice.Of(parsed);
        return new ApiSession(choice.Access(), choice.Home);
    }

    /// <summary>That of <c>--namespace</c>, else the context's.</summary>
    public string Namespace(ParseResult parsed) => parsed.GetValue(CommonOptions.Namespace) ?? DefaultNamespace;

    /// <summary>
    /// What the function makes of the kinds that the server has. Kinds come from the cache while it is young; a kind that is not among them is asked
    /// for once more, since it may be newer than the cache.
    /// </summary>
    /// <exception cref="CliException">As the function says, or the server does not answer.</exception>
    public async Task<T> ResolveAsync<T>(Func<ApiCatalog, T> function, CancellationToken ct)
    {
        if (_cache.Read() is { } cached)
        {
            try
            {
                return function(cached);
            }
            catch (UnknownKindException)
            {
                // Asked anew below.
            }
        }
        return function(await AskAsync(ct));
    }

    public Task<ApiCatalog> CatalogAsync(CancellationToken ct) => ResolveAsync(c => c, ct);

    /// <summary>What the server has now, whatever the cache says.</summary>
    public async Task<ApiCatalog> AskAsync(CancellationToken ct)
    {
        var catalog = await new DiscoveryReader(Client).ReadAsync(ct);
        if (catalog.Problems.Count == 0)
            _cache.Write(catalog);
        return catalog;
    }

    public void Dispose() => _http.Dispose();
}
