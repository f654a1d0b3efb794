using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orrery.Api.Access;
using Orrery.Api.Access.Reviews;
using Orrery.Api.Audit;
using Orrery.Api.Discovery;
using Orrery.Api.Health;
using Orrery.Api.Logs;
using Orrery.Api.Metrics;
using Orrery.Api.Objects;
using Orrery.Api.Tls;
using Orrery.Api.Watching;
using Orrery.Platform.Access;
using Orrery.Platform.Audit;
using Orrery.Resources;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Api;

/// <summary>What the API stands on.</summary>
/// <param name="Workloads">Where logs come from, and what replicas use.</param>
/// <param name="Keys">Who holds a bearer key; null for a missing or unknown one. <c>KeyRing.Find</c>.</param>
public sealed record ResourceApi(IResourceStore Store, IWorkloadRuntime Workloads, Func<string?, Caller?> Keys, ApiOptions Options, TimeProvider Time)
{
    /// <summary>Where writes are recorded. None is done without it.</summary>
    public required AuditLog Audit { get; init; }

    /// <summary>What gateways see of each service.</summary>
    public required IDemandFeed Demand { get; init; }

    /// <summary>What the machine uses now; null where it cannot be measured.</summary>
    public required Func<MachineUse?> Machine { get; init; }
}

/// <summary>
/// The Kubernetes REST shape over the store: every path that there is, on one page.
/// <code>
///   kubectl, orrery, any client ──HTTPS──▶ guard: key or certificate, access, audit ──▶ discovery │ reads │ writes │ watch │ log ──▶ IResourceStore
/// </code>
/// </summary>
public static class ResourceApiEndpoints
{
    public static void MapResourceApi(this IEndpointRouteBuilder routes, ResourceApi api, LocalAuthority authority)
    {
        var services = routes.ServiceProvider;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Orrery.Api");
        var authentication = new Authentication(api.Keys, new ClientCertificates(authority.Authority, api.Time));
        var guard = new EndpointGuard(authentication, new WriteAudit(api.Audit, api.Time, logger), logger);
        var guarded = new GuardedRoutes(routes, guard);
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

        HealthEndpoints.Map(guarded, api.Store);
        DiscoveryEndpoints.Map(guarded);
        ReviewEndpoints.Map(guarded, api.Options.MaxBodyBytes);
        var reads = new ObjectReads(api.Store, api.Time);
        var writes = new ObjectWrites(api.Store, api.Options.MaxBodyBytes);
        var watch = new ObjectWatch(api.Store, api.Options, api.Time, stopping);
        var deletes = new ObjectDeletes(api.Store, api.Options.MaxBodyBytes);
        var scale = new ObjectScale(api.Store, api.Options.MaxBodyBytes);
        foreach (var kind in Kinds.All.Where(k => !k.ReadOnly))
        {
            MapKind(guarded, kind, reads, writes, watch);
            MapDeletes(guarded, kind, deletes);
            if (kind.Scale is not null)
                MapScale(guarded, kind, scale);
        }
        DefinitionEndpoints.Map(guarded, api, stopping, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped);

        var podLog = new PodLog(api.Store, api.Workloads, api.Time, stopping);
        guarded.Map("GET", $"{ObjectPath(Pod.Kind)}/log", AccessPolicy.OnRoute("get", $"{Pod.Kind.Plural}/log"), podLog.ReadAsync);
        var log = new ServiceLog(api.Store, api.Workloads, api.Time, stopping);
        guarded.Map("GET", $"{ObjectPath(InferenceService.Kind)}/log", AccessPolicy.OnRoute("get", $"{InferenceService.Kind.Plural}/log"), log.ReadAsync);
        new MetricsEndpoints(api.Store, new UsageMeter(api.Workloads, api.Machine, api.Time)).Map(guarded);
        new ServiceMetricEndpoints(api.Store, api.Demand, api.Time).Map(guarded);
        guarded.MapRefusals();
    }

    private static void MapKind(GuardedRoutes routes, ResourceKind kind, ObjectReads reads, ObjectWrites writes, ObjectWatch watch)
    {
        var listing = AccessPolicy.OnRoute(http => WatchQuery.IsAsked(http.Request) ? "watch" : "list", kind.Plural);
        Task ListOrWatchAsync(HttpContext http) => WatchQuery.IsAsked(http.Request) ? watch.WatchAsync(http, kind) : reads.ListAsync(http, kind);

        string all = $"{Root(kind)}/{kind.Plural}", collection = CollectionPath(kind), one = ObjectPath(kind);
        routes.Map("GET", collection, listing, ListOrWatchAsync);
        if (kind.Namespaced)
            routes.Map("GET", all, listing, ListOrWatchAsync);
        routes.Map("GET", one, AccessPolicy.OnRoute("get", kind.Plural), http => reads.GetAsync(http, kind));
        if (kind.MadeElsewhere is { } reason)
        {
            RequestDelegate refuse = http => Refusal.OnlyRead(http.Request.Method, kind, reason).WriteAsync(http);
            routes.Map("POST", collection, AccessPolicy.OnRoute("create", kind.Plural), refuse);
            routes.Map("PUT", one, AccessPolicy.OnRoute("update", kind.Plural), refuse);
            routes.Map("PATCH", one, AccessPolicy.OnRoute("patch", kind.Plural), refuse);
            return;
        }
        routes.Map("POST", collection, AccessPolicy.OnRoute("create", kind.Plural), http => writes.CreateAsync(http, kind));
        routes.Map("PUT", one, AccessPolicy.OnRoute("update", kind.Plural), http => writes.UpdateAsync(http, kind, status: false));
        routes.Map("PATCH", one, AccessPolicy.OnRoute("patch", kind.Plural), http => writes.PatchAsync(http, kind, status: false));
        if (!kind.HasStatus)
            return;

        string status = $"{one}/status", resource = $"{kind.Plural}/status";
        routes.Map("GET", status, AccessPolicy.OnRoute("get", resource), http => reads.GetAsync(http, kind));
        routes.Map("PUT", status, AccessPolicy.OnRoute("update", resource), http => writes.UpdateAsync(http, kind, status: true));
        routes.Map("PATCH", status, AccessPolicy.OnRoute("patch", resource), http => writes.PatchAsync(http, kind, status: true));
    }

    private static void MapDeletes(GuardedRoutes routes, ResourceKind kind, ObjectDeletes deletes)
    {
        routes.Map("DELETE", ObjectPath(kind), AccessPolicy.OnRoute("delete", kind.Plural), http => deletes.DeleteAsync(http, kind));
        // All namespaces at once is nothing that anybody means.
        if (kind != Namespace.Kind)
            routes.Map("DELETE", CollectionPath(kind), AccessPolicy.OnRoute("deletecollection", kind.Plural), http => deletes.DeleteCollectionAsync(http, kind));
    }

    private static void MapScale(GuardedRoutes routes, ResourceKind kind, ObjectScale scale)
    {
        string path = $"{ObjectPath(kind)}/scale", resource = $"{kind.Plural}/scale";
        routes.Map("GET", path, AccessPolicy.OnRoute("get", resource), http => scale.GetAsync(http, kind));
        routes.Map("PUT", path, AccessPolicy.OnRoute("update", resource), http => scale.UpdateAsync(http, kind));
        routes.Map("PATCH", path, AccessPolicy.OnRoute("patch", resource), http => scale.PatchAsync(http, kind));
    }

    private static string Root(ResourceKind kind) => kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";

    private static string CollectionPath(ResourceKind kind)
        => kind.Namespaced ? $"{Root(kind)}/namespaces/{{namespace}}/{kind.Plural}" : $"{Root(kind)}/{kind.Plural}";

    private static string ObjectPath(ResourceKind kind) => $"{CollectionPath(kind)}/{{name}}";
}
