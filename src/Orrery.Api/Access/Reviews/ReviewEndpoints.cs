using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Objects;
using Orrery.Api.Protobuf;

namespace Orrery.Api.Access.Reviews;

/// <summary>Where reviews are created: <c>kubectl auth can-i</c>, <c>auth whoami</c>. They change nothing and are not audited.</summary>
internal static class ReviewEndpoints
{
    private static readonly string[] Types = [Json.MediaType, ObjectBody.YamlType, ProtobufObject.MediaType];

    public static void Map(GuardedRoutes routes, int maxBodyBytes)
    {
        foreach (var kind in ReviewKind.All)
        {
            var policy = AccessPolicy.OnRoute("create", kind.Plural) with { ChangesNothing = true };
            routes.Map("POST", kind.Path, policy, http => AnswerAsync(http, kind, maxBodyBytes));
        }
    }

    private static async Task AnswerAsync(HttpContext http, ReviewKind kind, int maxBodyBytes)
    {
        var body = await ObjectBody.ReadAsync(http.Request, maxBodyBytes, Types);
        var (review, refusal) = body switch
        {
            ObjectBody.Refused refused => (null, refused.Why),
            ObjectBody.Read { Json: var json } when Field(json, "kind") is not (null or "") && (Field(json, "kind"), Field(json, "apiVersion")) != (kind.Name, $"{kind.Group}/{kind.Version}")
                => (null, Refusal.BadRequest($"the body is a {Field(json, "kind")} of {Field(json, "apiVersion")}; this path takes a {kind.Name} of {kind.Group}/{kind.Version}")),
            ObjectBody.Read { Json: var json } => Review.Answer(kind, json, EndpointGuard.CallerOf(http), http.Request.RouteValues["namespace"] as string),
            _ => (null, Refusal.BadRequest("the body is empty; it must hold one review")),
        };
        if (review is not null)
            await Json.WriteAsync(http, StatusCodes.Status201Created, Json.Bytes(review));
        else
            await refusal!.WriteAsync(http);
    }

    private static string? Field(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
