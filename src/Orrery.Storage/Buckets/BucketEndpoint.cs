using Orrery.Storage.Addresses;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Buckets;

/// <summary>Which server holds a bucket, and how it wants to be asked. Pure.</summary>
internal sealed record BucketEndpoint(Uri Address, string Region, bool PathStyle)
{
    private const string DefaultRegion = "us-east-1";

    /// <exception cref="OriginException">A part is missing or wrong.</exception>
    public static BucketEndpoint Of(ModelUri.BucketPrefix at, OriginAccess access)
    {
        string? region = at.Region ?? access.Parameter("region");
        if (region is not null && !region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new OriginException(OriginFault.Refused, $"spec.storage.parameters.region: '{region}' must look like us-east-1");
        if (access.Endpoint is { } given)
            return new BucketEndpoint(given, region ?? DefaultRegion, PathStyleAsked(access) ?? true);
        return at.Service switch
        {
            BucketService.Google => new BucketEndpoint(new Uri("https://storage.googleapis.com"), region ?? "auto", PathStyleAsked(access) ?? true),
            BucketService.Oracle => new BucketEndpoint(
                new Uri($"https://{at.Tenancy}.compat.objectstorage.{region ?? throw Missing()}.oraclecloud.com"), region, PathStyle: true),
            _ => new BucketEndpoint(
                new Uri($"https://s3.{region ?? DefaultRegion}.amazonaws.com{((region ?? "").StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}"),
                region ?? DefaultRegion,
                // A dot in the name would not fit the server's certificate.
                PathStyleAsked(access) ?? at.Bucket.Contains('.', StringComparison.Ordinal)),
        };
    }

    private static bool? PathStyleAsked(OriginAccess access) => access.Parameter("pathStyle") switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => throw new OriginException(OriginFault.Refused, $"spec.storage.parameters.pathStyle: '{other}' must be true or false"),
    };

    private static OriginException Missing()
        => new(OriginFault.Refused, "spec.storage.parameters.region: must be set for Oracle Object Storage, as in eu-frankfurt-1");
}
