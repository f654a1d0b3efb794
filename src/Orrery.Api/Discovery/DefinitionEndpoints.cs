using Orrery.Api.Access;
using Orrery.Api.Objects;
using Orrery.Api.Watching;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Discovery;

/// <summary>The CustomResourceDefinitions of our kinds, as a cluster would show them: to be read and watched, never written.</summary>
internal static class DefinitionEndpoints
{
    private const string Collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /// <param name="stopping">Ends every watch.</param>
    /// <param name="stopped">When the definitions are needed no more.</param>
    public static void Map(GuardedRoutes routes, ResourceApi api, CancellationToken stopping, CancellationToken stopped)
    {
        var kind = CustomResourceDefinition.Kind;
        var definitions = new ResourceStore(new DefinitionLog(api.Time.GetUtcNow()), api.Time);
        stopped.Register(() => definitions.DisposeAsync().AsTask().Wait(CancellationToken.None));
        var reads = new ObjectReads(definitions, api.Time);
        var watch = new ObjectWatch(definitions, api.Options, api.Time, stopping);

        routes.Map(
            "GET", Collection, AccessPolicy.OnRoute(http => WatchQuery.IsAsked(http.Request) ? "watch" : "list", kind.Plural),
            http => WatchQuery.IsAsked(http.Request) ? watch.WatchAsync(http, kind) : reads.ListAsync(http, kind));
        routes.Map("GET", $"{Collection}/{{name}}", AccessPolicy.OnRoute("get", kind.Plural), http => reads.GetAsync(http, kind));
        Refuse(routes, "POST", Collection, "create");
        Refuse(routes, "DELETE", Collection, "deletecollection");
        Refuse(routes, "PUT", $"{Collection}/{{name}}", "update");
        Refuse(routes, "PATCH", $"{Collection}/{{name}}", "patch");
        Refuse(routes, "DELETE", $"{Collection}/{{name}}", "delete");
    }

    private static void Refuse(GuardedRoutes routes, string method, string path, string verb)
        => routes.Map(method, path, AccessPolicy.OnRoute(verb, CustomResourceDefinition.Kind.Plural), http =>
        {
            http.Response.Headers.Allow = "GET";
            return new Refusal(
                405, "MethodNotAllowed",
                $"{CustomResourceDefinition.Kind} cannot be written here: the kinds are those of this program, and another version of it brings others").WriteAsync(http);
        });
}
