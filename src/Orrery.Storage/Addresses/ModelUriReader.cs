using System.Text.RegularExpressions;

namespace Orrery.Storage.Addresses;

/// <summary>Takes addresses apart. Pure; every refusal holds the address, what is wrong and the next step.</summary>
internal static partial class ModelUriReader
{
    private const int MaxChars = 2048;

    public static ModelUri Read(string text)
    {
        if (text.Length > MaxChars)
            return new ModelUri.Refused($"the address has {text.Length} characters; at most {MaxChars} are read");
        if (text.Any(char.IsControl))
            return Refused(text, "must not hold control characters");
        if (Credentials().Match(text) is { Success: true } found)
            return Refused(string.Concat(text.AsSpan(0, found.Index), "…@", text.AsSpan(found.Index + found.Length)), "holds a password; put it into a Secret and name that in spec.storage.key");
        int end = text.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0)
            return Refused(text, "must start with a scheme, as in hf://ORG/NAME");
        string rest = text[(end + 3)..];
        return text[..end] switch
        {
            "file" or "local" => Path.IsPathFullyQualified(rest) ? new ModelUri.Local(rest) : Refused(text, "must hold an absolute path, as in file:///models/my-model.gguf"),
            "hf" => Hub(text, rest),
            "https" => Web(text),
            "s3" => S3(text, rest),
            "gs" => Bucket(text, rest, BucketService.Google, "gs://BUCKET/PREFIX"),
            "az" => Azure(text, rest),
            "oci" => OracleShape().Match(rest) is { Success: true } oracle ? Oracle(text, oracle) : Registry(text, rest),
            "pvc" => Refused(text, "names a volume of a Kubernetes cluster, and this home runs without one; copy the files to this machine and name them with file://"),
            "github" => Refused(text, "is not fetched: GitHub keeps no large files in repositories; name the release's file with https://"),
            "vendor" => Refused(text, "names files that a vendor puts on the machine by its own means; name them with file:// once they are there"),
            "http" => Refused(text, "would travel in the clear; use https://"),
            var scheme => Refused(text, $"has the scheme '{scheme}', which is not known; use hf://, s3://, https://, oci://, gs://, az:// or file://"),
        };
    }

    private static ModelUri Hub(string text, string rest)
    {
        const string Form = "must look like hf://ORG/NAME or hf://ORG/NAME@REVISION";
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? rest : rest[..at], revision = at < 0 ? "main" : rest[(at + 1)..];
        string[] parts = name.Split('/');
        if (parts.Length > 2)
            return Refused(text, $"{Form}; one file of a repository is chosen with spec.quantization, not by its path");
        if (!parts.All(p => HubWord().IsMatch(p)))
            return Refused(text, Form);
        return HubRevision().IsMatch(revision) && !revision.Contains("..", StringComparison.Ordinal)
            ? new ModelUri.HubRepository(name, revision)
            : Refused(text, $"has the revision '{revision}', which is no branch, tag or commit");
    }

    private static ModelUri Web(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return Refused(text, "is no web address");
        return uri.AbsolutePath.EndsWith('/')
            ? Refused(text, "names a folder, and a web server lists none; name one GGUF file")
            : new ModelUri.WebFile(uri);
    }

    private static ModelUri S3(string text, string rest)
    {
        const string Form = "s3://BUCKET/PREFIX or s3://BUCKET@REGION/PREFIX";
        int slash = rest.IndexOf('/', StringComparison.Ordinal), at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at < 0 || at > slash)
            return Bucket(text, rest, BucketService.S3, Form);
        string region = rest[(at + 1)..Math.Max(slash, at + 1)];
        if (!Region().IsMatch(region))
            return Refused(text, $"has the region '{region}'; it must look like {Form}");
        return Bucket(text, string.Concat(rest.AsSpan(0, at), rest.AsSpan(slash)), BucketService.S3, Form) is ModelUri.BucketPrefix found ? found with { Region = region } : Refused(text, $"must look like {Form}");
    }

    private static ModelUri Bucket(string text, string rest, BucketService service, string form)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? rest : rest[..slash], prefix = slash < 0 ? "" : rest[slash..].Trim('/');
        if (!BucketName().IsMatch(bucket))
            return Refused(text, $"has the bucket '{bucket}'; it must look like {form}");
        return prefix.Length == 0
            ? Refused(text, $"names a whole bucket; it must look like {form}")
            : new ModelUri.BucketPrefix(service, bucket, prefix);
    }

    private static ModelUri Oracle(string text, Match match)
    {
        string prefix = match.Groups["prefix"].Value.Trim('/');
        return prefix.Length == 0
            ? Refused(text, "names a whole bucket; it must look like oci://n/NAMESPACE/b/BUCKET/o/PREFIX")
            : new ModelUri.BucketPrefix(BucketService.Oracle, match.Groups["bucket"].Value, prefix, Tenancy: match.Groups["tenancy"].Value);
    }

    private static ModelUri Azure(string text, string rest)
    {
        string[] parts = rest.Split('/', 3);
        bool isWhole = parts.Length == 3 && AzureAccount().IsMatch(parts[0]) && AzureContainer().IsMatch(parts[1]) && parts[2].Trim('/').Length > 0;
        return isWhole ? new ModelUri.AzurePrefix(parts[0], parts[1], parts[2].Trim('/')) : Refused(text, "must look like az://ACCOUNT/CONTAINER/PREFIX");
    }

    private static ModelUri Registry(string text, string rest)
    {
        var match = RegistryShape().Match(rest);
        if (!match.Success)
            return Refused(text, "must look like oci://REGISTRY/REPOSITORY:TAG, or oci://n/NAMESPACE/b/BUCKET/o/PREFIX for Oracle Object Storage");
        string tag = match.Groups["tag"] is { Success: true } named ? named.Value : "latest";
        return new ModelUri.RegistryArtifact(match.Groups["host"].Value, match.Groups["repository"].Value, match.Groups["digest"] is { Success: true } digest ? digest.Value : tag);
    }

    // A query may hold a signature.
    private static ModelUri.Refused Refused(string text, string problem)
        => new($"'{(text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? string.Concat(text.AsSpan(0, query), "?…") : text)}' {problem}");

    // Before the host of web addresses, and in front of any other with the colon of a name and its password.
    [GeneratedRegex(@"(?<=\A[Hh][Tt][Tt][Pp][Ss]?://)[^/?#]*@|(?<=\A[A-Za-z0-9+.-]*://)[^/?#@]*:[^/?#]*@")]
    private static partial Regex Credentials();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[A-Za-z0-9._-]{1,96}\z")]
    private static partial Regex HubWord();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._/-]{0,254}\z")]
    private static partial Regex HubRevision();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex Region();

    // Google's names may hold underscores too.
    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\An/(?<tenancy>[A-Za-z0-9-]+)/b/(?<bucket>[A-Za-z0-9._-]+)/o/(?<prefix>.*)\z")]
    private static partial Regex OracleShape();

    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z")]
    private static partial Regex AzureAccount();

    [GeneratedRegex(@"\A(\$root|[a-z0-9](-?[a-z0-9]){2,62})\z")]
    private static partial Regex AzureContainer();

    [GeneratedRegex(@"\A(?<host>[A-Za-z0-9.-]+(:[0-9]{1,5})?)/(?<repository>[a-z0-9]+((\.|_|__|-+|/)[a-z0-9]+)*)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z")]
    private static partial Regex RegistryShape();
}
