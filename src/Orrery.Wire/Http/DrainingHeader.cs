namespace Orrery.Wire.Http;

/// <summary>On a replica's 503: it stops, has done nothing with the request, and another replica may be asked at once.</summary>
public static class DrainingHeader
{
    public const string Name = "x-orrery-draining";

    public const string Yes = "true";

    /// <summary>The error's code, there and in the event that ends a stream early.</summary>
    public const string Code = "draining";
}
