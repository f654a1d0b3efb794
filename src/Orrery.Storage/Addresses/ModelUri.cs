namespace Orrery.Storage.Addresses;

/// <summary>Where a model's files come from, taken apart. One of the nested cases.</summary>
public abstract record ModelUri
{
    private ModelUri()
    {
    }

    /// <summary>A file or folder of this machine, absolute: <c>file:///models/m.gguf</c>, <c>local:///models/m</c>.</summary>
    public sealed record Local(string Path) : ModelUri;

    /// <summary>A repository of Hugging Face's hub or of a mirror: <c>hf://ORG/NAME[@REVISION]</c>.</summary>
    /// <param name="Revision">Branch, tag or commit. Default <c>main</c>.</param>
    public sealed record HubRepository(string Name, string Revision) : ModelUri;

    /// <summary>One file of a web server: <c>https://HOST/PATH</c>.</summary>
    public sealed record WebFile(Uri Address) : ModelUri;

    /// <summary>
    /// Objects below a prefix of an S3-compatible store: <c>s3://BUCKET[@REGION]/PREFIX</c>, <c>gs://BUCKET/PREFIX</c>,
    /// <c>oci://n/NAMESPACE/b/BUCKET/o/PREFIX</c>.
    /// </summary>
    /// <param name="Prefix">A folder, or one object. Never empty, no slash at either end.</param>
    /// <param name="Region">Null: not in the address.</param>
    /// <param name="Tenancy">Oracle's namespace; empty elsewhere.</param>
    public sealed record BucketPrefix(BucketService Service, string Bucket, string Prefix, string? Region = null, string Tenancy = "") : ModelUri;

    /// <summary>Blobs below a prefix of an Azure container: <c>az://ACCOUNT/CONTAINER/PREFIX</c>.</summary>
    public sealed record AzurePrefix(string Account, string Container, string Prefix) : ModelUri;

    /// <summary>An artifact of an OCI registry: <c>oci://REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST]</c>.</summary>
    /// <param name="Reference">A tag (default <c>latest</c>), or a digest, which wins.</param>
    public sealed record RegistryArtifact(string Host, string Repository, string Reference) : ModelUri;

    /// <summary>An address that nothing here can fetch from.</summary>
    /// <param name="Problem">Holds the address, what is wrong with it and what to do next.</param>
    public sealed record Refused(string Problem) : ModelUri;

    /// <summary>Never fails: what cannot be read is <see cref="Refused"/>.</summary>
    public static ModelUri Parse(string text) => ModelUriReader.Read(text);
}

/// <summary>Stores that speak S3.</summary>
public enum BucketService
{
    /// <summary>Amazon, or any other server given as an endpoint.</summary>
    S3,

    /// <summary>Google Cloud Storage through its XML API.</summary>
    Google,

    /// <summary>Oracle Object Storage through its S3-compatible endpoint.</summary>
    Oracle,
}
