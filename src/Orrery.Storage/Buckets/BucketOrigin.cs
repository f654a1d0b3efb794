using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Orrery.Storage.Addresses;
using Orrery.Storage.Http;
using Orrery.Storage.Origins;

namespace Orrery.Storage.Buckets;

/// <summary>Objects below a prefix of an S3-compatible store. Trying again is the caller's matter; the client itself never does.</summary>
internal sealed class BucketOrigin : IOrigin
{
    private readonly ModelUri.BucketPrefix _at;
    private readonly AmazonS3Client _client;
    private readonly bool _hasCredentials;

    /// <exception cref="OriginException">The address and what goes with it name no server.</exception>
    public BucketOrigin(ModelUri.BucketPrefix at, OriginAccess access)
    {
        _at = at;
        var endpoint = BucketEndpoint.Of(at, access);
        var config = new AmazonS3Config
        {
            ServiceURL = endpoint.Address.ToString(),
            AuthenticationRegion = endpoint.Region,
            ForcePathStyle = endpoint.PathStyle,
            AllowAutoRedirect = false,
            MaxErrorRetry = 0,
            Timeout = TimeSpan.FromSeconds(60),
            // Other stores than Amazon's do not know these.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        AWSCredentials credentials = (access.Value("AWS_ACCESS_KEY_ID"), access.Value("AWS_SECRET_ACCESS_KEY"), access.Value("AWS_SESSION_TOKEN")) switch
        {
            ({ } id, { } secret, { } session) => new SessionAWSCredentials(id, secret, session),
            ({ } id, { } secret, null) => new BasicAWSCredentials(id, secret),
            _ when access.Secret.Count > 0 => throw new OriginException(
                OriginFault.Denied, "the Secret of spec.storage.key has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; add both (HMAC keys for Google and Oracle)"),
            _ => new AnonymousAWSCredentials(),
        };
        _hasCredentials = access.Secret.Count > 0;
        _client = new AmazonS3Client(credentials, config);
    }

    public async Task<Listing> ListAsync(CancellationToken ct)
    {
        var found = new List<S3Object>();
        var request = new ListObjectsV2Request { BucketName = _at.Bucket, Prefix = _at.Prefix };
        int pages = 0;
        do
        {
            var page = await TryAsync(() => _client.ListObjectsV2Async(request, ct), ct);
            found.AddRange(page.S3Objects ?? []);
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
            if (found.Count > Listing.MaxFiles || ++pages > Listing.MaxPages)
                throw new OriginException(OriginFault.Refused, $"{Shown} has more than {Listing.MaxFiles} objects or {Listing.MaxPages} pages of them; name a longer prefix");
        }
        while (request.ContinuationToken is not null);

        var files = BucketPaths.Below(_at.Prefix, found.Select(o => (o.Key, o.Size ?? 0, (string?)o.ETag)));
        return files.Count > 0 ? new Listing(files, Revision: null) : throw new OriginException(OriginFault.NotFound, $"{Shown} has no objects: correct the address");
    }

    public async Task<ListedFile> StatAsync(ListedFile file, CancellationToken ct)
    {
        var head = await TryAsync(
            () => _client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _at.Bucket, Key = file.Key, ChecksumMode = ChecksumMode.ENABLED }, ct), ct);
        if (head.ContentLength != file.Bytes)
            throw new OriginException(OriginFault.Changed, $"{Shown}: '{file.Path}' has {head.ContentLength} bytes, and was listed with {file.Bytes}");
        return file with { ETag = head.ETag, Digest = BucketDigest.Of(head) };
    }

    public async Task ReadAsync(ListedFile file, Origins.ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken ct)
    {
        string shown = $"{Shown}: '{file.Path}'";
        var request = new GetObjectRequest { BucketName = _at.Bucket, Key = file.Key, ByteRange = new Amazon.S3.Model.ByteRange(range.Offset, range.End - 1), EtagToMatch = file.ETag };
        using var answer = await TryAsync(() => _client.GetObjectAsync(request, ct), ct);
        if (answer.ETag != file.ETag && file.ETag is not null)
            throw new OriginException(OriginFault.Changed, $"{shown} has the tag {answer.ETag}, and was listed with {file.ETag}");
        if (answer.ContentLength != range.Count)
            throw new OriginException(answer.ContentLength == file.Bytes ? OriginFault.NoRanges : OriginFault.Broken, $"{shown} came with {answer.ContentLength} bytes for a range of {range.Count}");
        await RangedBody.CopyAsync(answer.ResponseStream, range.Count, shown, RangedBody.IdleWithin, take, ct);
    }

    public void Dispose() => _client.Dispose();

    private string Shown => $"bucket '{_at.Bucket}' at {_client.Config.ServiceURL}, prefix '{_at.Prefix}'";

    private async Task<T> TryAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        try
        {
            return await ask();
        }
        catch (AmazonServiceException e) when ((int)e.StatusCode != 0)
        {
            string said = $"{Shown} answered {(int)e.StatusCode} {e.ErrorCode}";
            throw (int)e.StatusCode switch
            {
                401 or 403 => new OriginException(OriginFault.Denied, _hasCredentials
                    ? $"{said}: the keys in the Secret do not open it"
                    : $"{said}: make a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY and name it in spec.storage.key", inner: e),
                404 => new OriginException(OriginFault.NotFound, $"{said}: correct the address", inner: e),
                412 or 416 => new OriginException(OriginFault.Changed, $"{said}: the object changed meanwhile", inner: e),
                301 or 307 => new OriginException(OriginFault.Refused, $"{said}: the bucket is in another region; name it as in s3://BUCKET@REGION/PREFIX", inner: e),
                429 => new OriginException(OriginFault.Busy, said, inner: e),
                503 when e.ErrorCode == "SlowDown" => new OriginException(OriginFault.Busy, said, inner: e),
                408 or >= 500 => new OriginException(OriginFault.Unavailable, said, inner: e),
                _ => new OriginException(OriginFault.Refused, $"{said}: {e.Message.TrimEnd('.')}", inner: e),
            };
        }
        catch (Exception e) when (e is not OriginException && !ct.IsCancellationRequested
            && (e is AmazonClientException || HttpFaults.Of(e, Shown, ct) is not null))
        {
            throw new OriginException(OriginFault.Unavailable, $"{Shown} cannot be reached: {(e.InnerException ?? e).Message.TrimEnd('.')}", inner: e);
        }
    }
}
