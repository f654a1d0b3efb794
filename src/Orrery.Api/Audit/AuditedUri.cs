using System.Text;
using Microsoft.AspNetCore.Http;

namespace Orrery.Api.Audit;

/// <summary>Path and query of a request as the audit log keeps them: bounded, and with the parameters of writes that Kubernetes defines alone.</summary>
internal static class AuditedUri
{
    private const int MaxLength = 2048;

    private static readonly HashSet<string> Parameters = new(StringComparer.Ordinal)
    {
        "dryRun", "fieldManager", "fieldSelector", "fieldValidation", "force", "gracePeriodSeconds", "labelSelector", "orphanDependents",
        "pretty", "propagationPolicy", "resourceVersion", "resourceVersionMatch", "timeoutSeconds",
    };

    public static string Of(HttpRequest request)
    {
        var uri = new StringBuilder(request.Path.ToUriComponent());
        char separator = '?';
        foreach (var (name, values) in request.Query.Where(q => Parameters.Contains(q.Key)))
        {
            foreach (string? value in values)
            {
                uri.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value ?? ""));
                separator = '&';
            }
        }
        return uri.Length <= MaxLength ? uri.ToString() : uri.ToString(0, MaxLength);
    }
}
