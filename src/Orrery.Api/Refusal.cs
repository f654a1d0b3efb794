using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Text;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Store;

namespace Orrery.Api;

/// <summary>Why a request was not done, in the shape of a Kubernetes <c>Status</c>: a number, one word for programs, a sentence for people.</summary>
internal sealed record Refusal(int Code, string Reason, string Message)
{
    /// <summary>What it is about: name, group, and kind or plural as Kubernetes has it for this reason.</summary>
    public (string Name, string Group, string Kind)? About { get; init; }

    /// <summary>Each thing that is wrong.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>When asking again may help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>For a list that expired: the token to go on with.</summary>
    public string? Continue { get; init; }

    public static Refusal BadRequest(string message) => new(400, "BadRequest", message);

    public static Refusal Unauthorized(string why) => new(401, "Unauthorized", $"Unauthorized: {why}");

    public static Refusal Forbidden(string message) => new(403, "Forbidden", $"forbidden: {message}");

    public static Refusal NoSuchPath(string path) => new(404, "NotFound", $"the server has no resource at '{Excerpt.Of(path)}'. GET /apis lists what it has");

    public static Refusal MethodNotAllowed(string method, string path) => new(405, "MethodNotAllowed", $"{method} is not allowed on '{Excerpt.Of(path)}'");

    /// <param name="reason">Where objects of the kind come from, and what to do instead.</param>
    public static Refusal OnlyRead(string method, ResourceKind kind, string reason)
        => new(405, "MethodNotAllowed", $"{method} is not allowed on {kind.QualifiedPlural}: {reason}");

    public static Refusal NotAcceptable()
        => new(406, "NotAcceptable", "none of the media types in Accept can be given; supported: application/json, application/json;as=Table;v=v1;g=meta.k8s.io");

    public static Refusal Expired(string message) => new(410, "Expired", message);

    public static Refusal TooLarge(int maxBytes) => new(413, "RequestEntityTooLarge", $"the body is larger than {maxBytes} bytes");

    public static Refusal UnsupportedMediaType(string? sent, params IReadOnlyList<string> supported)
        => new(415, "UnsupportedMediaType", $"the body's Content-Type '{Excerpt.Of(sent ?? "")}' is not supported here; supported: {string.Join(", ", supported)}");

    public static Refusal Invalid(ResourceKind kind, string name, IReadOnlyList<string> problems)
    {
        string what = problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
        string qualified = kind.Group.Length == 0 ? kind.Name : $"{kind.Name}.{kind.Group}";
        return new(422, "Invalid", $"{qualified} \"{Excerpt.Of(name)}\" is invalid: {what}") 
        {
            About = (name, kind.Group, kind.Name),
            Causes = [.. problems.Select(StatusCause.Of)],
        };
    }

    /// <param name="options">Kubernetes' name for the parameters of a verb: <c>PatchOptions</c>.</param>
    public static Refusal InvalidOptions(string options, IReadOnlyList<string> problems)
    {
        string what = problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
        return new(422, "Invalid", $"{options}.meta.k8s.io \"\" is invalid: {what}")
        {
            About = ("", "meta.k8s.io", options),
            Causes = [.. problems.Select(StatusCause.Of)],
        };
    }

    public static Refusal Of(PatchResult result) => result switch
    {
        PatchResult.Malformed malformed => BadRequest(malformed.Message),
        PatchResult.TooLarge large => new(413, "RequestEntityTooLarge", large.Message),
        // The first words are what programs know from kube-apiserver.
        PatchResult.Unfit unfit => new(422, "Invalid", $"the server rejected our request due to an error in our request: {unfit.Message}"),
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    public static Refusal Internal() => new(500, "InternalError", "Internal error: the request failed for a reason that the server's log names");

    /// <summary>Nothing was done.</summary>
    public static Refusal NotAuditable(string why)
        => new(503, "ServiceUnavailable", $"the audit log cannot be written ({why}), and nothing is written without it: nothing was done. Make room in the server's home and try again");

    /// <summary>Something was done.</summary>
    public static Refusal NotAudited(string why)
        => new(500, "InternalError", $"the request was done, but its result could not be put into the audit log ({why}). Make room in the server's home and look at the object before trying again");

    public static Refusal NotFound(ResourceKey key)
        => new(404, "NotFound", $"{key.Kind.QualifiedPlural} \"{Excerpt.Of(key.Name)}\" not found") { About = Names(key) };

    public static Refusal Of(WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.NotFound none => NotFound(none.Key),
        WriteOutcome.AlreadyExists exists
            => new(409, "AlreadyExists", $"{exists.Key.Kind.QualifiedPlural} \"{exists.Key.Name}\" already exists") { About = Names(exists.Key) },
        WriteOutcome.Conflict { Fields.Count: > 0 } conflict
            => new(409, "Conflict", conflict.Message) { Causes = [.. conflict.Fields.Select(f => new StatusCause("FieldManagerConflict", f.Message, f.Field))] },
        WriteOutcome.Conflict conflict
            => new(409, "Conflict", $"Operation cannot be fulfilled on {conflict.Key.Kind.QualifiedPlural} \"{conflict.Key.Name}\": {conflict.Message}") { About = Names(conflict.Key) },
        WriteOutcome.Forbidden forbidden
            => new(403, "Forbidden", $"{forbidden.Key.Kind.QualifiedPlural} \"{Excerpt.Of(forbidden.Key.Name)}\" is forbidden: {forbidden.Message}") { About = Names(forbidden.Key) },
        WriteOutcome.Unpatched unpatched => Of(unpatched.Why),
        WriteOutcome.Invalid invalid => Invalid(invalid.Key.Kind, invalid.Key.Name, invalid.Problems),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Code;
        if (RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.ContentType = Json.MediaType;
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter, Json.Compact))
            WriteTo(writer);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Status"u8);
        writer.WriteString("apiVersion"u8, "v1"u8);
        writer.WriteStartObject("metadata"u8);
        if (Continue is not null)
            writer.WriteString("continue"u8, Continue);
        writer.WriteEndObject();
        writer.WriteString("status"u8, "Failure"u8);
        writer.WriteString("message"u8, Message);
        writer.WriteString("reason"u8, Reason);
        WriteDetails(writer);
        writer.WriteNumber("code"u8, Code);
        writer.WriteEndObject();
    }

    private void WriteDetails(Utf8JsonWriter writer)
    {
        if (About is null && Causes.Count == 0 && RetryAfterSeconds is null)
            return;
        writer.WriteStartObject("details"u8);
        if (About is { } about)
        {
            if (about.Name.Length > 0)
                writer.WriteString("name"u8, about.Name);
            if (about.Group.Length > 0)
                writer.WriteString("group"u8, about.Group);
            writer.WriteString("kind"u8, about.Kind);
        }
        if (Causes.Count > 0)
        {
            writer.WriteStartArray("causes"u8);
            foreach (var cause in Causes)
                cause.WriteTo(writer);
            writer.WriteEndArray();
        }
        if (RetryAfterSeconds is { } seconds)
            writer.WriteNumber("retryAfterSeconds"u8, seconds);
        writer.WriteEndObject();
    }

    private static (string, string, string) Names(ResourceKey key) => (key.Name, key.Kind.Group, key.Kind.Plural);
}
