using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Orrery.Wire.Http;

/// <summary>The span of a request that came, under the one that its <c>traceparent</c> names (W3C Trace Context).</summary>
public static class ServerSpan
{
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";

    /// <returns>Null: nobody listens to the source, or this trace is not recorded. Else the caller's to end.</returns>
    public static Activity? Start(ActivitySource source, string name, HttpContext http)
    {
        if (!source.HasListeners())
            return null;
        // The server's own activity is exported by nobody, and a child of it would hang in the air.
        Activity.Current = null;
        ActivityContext.TryParse(http.Request.Headers[TraceParent], http.Request.Headers[TraceState], isRemote: true, out var parent);
        return source.StartActivity(name, ActivityKind.Server, parent);
    }
}
