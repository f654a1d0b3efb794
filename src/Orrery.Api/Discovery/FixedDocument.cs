using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Orrery.Api.Discovery;

/// <summary>Bytes that stay the same while the server runs, with an ETag so that clients fetch them once.</summary>
internal sealed class FixedDocument(byte[] content, string contentType)
{
    /// <summary>Of the content, in upper-case hexadecimal digits.</summary>
    public string Hash { get; } = Convert.ToHexString(SHA256.HashData(content));

    public async Task WriteAsync(HttpContext http, string cacheControl = "no-cache, private")
    {
        var headers = http.Response.Headers;
        headers.ETag = $"\"{Hash}\"";
        headers.CacheControl = cacheControl;
        headers.Vary = "Accept";
        if (IsKnown(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.ContentType = contentType;
        http.Response.ContentLength = content.Length;
        await http.Response.BodyWriter.WriteAsync(content, http.RequestAborted);
    }

    private bool IsKnown(HttpRequest request)
        => EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
           && known.Any(tag => tag.Tag == "*" || tag.Tag == $"\"{Hash}\"");
}
