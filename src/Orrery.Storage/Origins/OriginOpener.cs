using Orrery.Storage.Addresses;
using Orrery.Storage.Azure;
using Orrery.Storage.Buckets;
using Orrery.Storage.Http;
using Orrery.Storage.Hub;
using Orrery.Storage.Registries;
using Orrery.Storage.Web;

namespace Orrery.Storage.Origins;

/// <summary>From an address to what reads from there. Asks nothing over the network yet.</summary>
public sealed class OriginOpener(GuardedHttp http, TimeProvider time)
{
    /// <exception cref="OriginException">The address, or what goes with it, cannot be fetched from.</exception>
    public IOrigin Open(ModelUri uri, OriginAccess access)
    {
        if (access.Problems().FirstOrDefault() is { } problem)
            throw new OriginException(OriginFault.Refused, problem);
        return uri switch
        {
            ModelUri.HubRepository hub => new HubOrigin(hub, access, http, time),
            ModelUri.BucketPrefix bucket => new BucketOrigin(bucket, access),
            ModelUri.WebFile file => new WebOrigin(file, access, http, time),
            ModelUri.RegistryArtifact artifact => new RegistryOrigin(artifact, access, http, time),
            ModelUri.AzurePrefix azure => new AzureOrigin(azure, access, http, time),
            ModelUri.Refused refused => throw new OriginException(OriginFault.Refused, refused.Problem),
            _ => throw new OriginException(OriginFault.Refused, "files of this machine are read where they are, and not fetched"),
        };
    }
}
