using Orrery.Storage.Addresses;

namespace Orrery.Storage.Tests.Addresses;

public sealed class ModelUriTests
{
    [Theory]
    [InlineData("hf://meta-llama/Llama-3.2-1B", "HubRepository { Name = meta-llama/Llama-3.2-1B, Revision = main }")]
    [InlineData("hf://gpt2", "HubRepository { Name = gpt2, Revision = main }")]
    [InlineData("hf://org/name@refs/pr/1", "HubRepository { Name = org/name, Revision = refs/pr/1 }")]
    [InlineData("hf://org/name@v1.0", "HubRepository { Name = org/name, Revision = v1.0 }")]
    [InlineData("s3://models/llama/8b/", "BucketPrefix { Service = S3, Bucket = models, Prefix = llama/8b, Region = , Tenancy =  }")]
    [InlineData("s3://models@eu-west-1/llama", "BucketPrefix { Service = S3, Bucket = models, Prefix = llama, Region = eu-west-1, Tenancy =  }")]
    [InlineData("s3://models/a@b/c", "BucketPrefix { Service = S3, Bucket = models, Prefix = a@b/c, Region = , Tenancy =  }")]
    [InlineData("gs://my_models/m.gguf", "BucketPrefix { Service = Google, Bucket = my_models, Prefix = m.gguf, Region = , Tenancy =  }")]
    [InlineData("oci://n/tenant/b/models/o/llama/8b", "BucketPrefix { Service = Oracle, Bucket = models, Prefix = llama/8b, Region = , Tenancy = tenant }")]
    [InlineData("oci://ghcr.io/org/model:v1", "RegistryArtifact { Host = ghcr.io, Repository = org/model, Reference = v1 }")]
    [InlineData("oci://localhost:5000/model", "RegistryArtifact { Host = localhost:5000, Repository = model, Reference = latest }")]
    [InlineData("oci://ghcr.io/my-org/a.b__c/model--x:v1", "RegistryArtifact { Host = ghcr.io, Repository = my-org/a.b__c/model--x, Reference = v1 }")]
    [InlineData("oci://n/models:v1", "RegistryArtifact { Host = n, Repository = models, Reference = v1 }")]
    [InlineData("az://account/models/llama", "AzurePrefix { Account = account, Container = models, Prefix = llama }")]
    [InlineData("https://example.com/a/m.gguf?download=true", "WebFile { Address = https://example.com/a/m.gguf?download=true }")]
    [InlineData("file:///models/my model.gguf", "Local { Path = /models/my model.gguf }")]
    [InlineData("local:///models/m", "Local { Path = /models/m }")]
    public void Each_form_is_taken_apart(string uri, string expected) => Assert.Equal(expected, ModelUri.Parse(uri).ToString());

    [Fact]
    public void A_digest_names_an_artifact_whatever_its_tag()
    {
        string digest = $"sha256:{new string('a', 64)}";

        Assert.Equal(digest, Assert.IsType<ModelUri.RegistryArtifact>(ModelUri.Parse($"oci://ghcr.io/org/model:v1@{digest}")).Reference);
    }

    [Theory]
    [InlineData("pvc://models/llama", "file://")]
    [InlineData("pvc://ns:claim/llama", "Kubernetes")]
    [InlineData("github://org/repo", "https://")]
    [InlineData("vendor://x", "file://")]
    [InlineData("http://example.com/m.gguf", "https://")]
    [InlineData("ftp://example.com/m.gguf", "'ftp'")]
    [InlineData("org/name", "hf://ORG/NAME")]
    [InlineData("hf://org/name/file.gguf", "spec.quantization")]
    [InlineData("hf://org/..", "hf://ORG/NAME")]
    [InlineData("hf://org/name@../../x", "revision")]
    [InlineData("hf://", "hf://ORG/NAME")]
    [InlineData("s3://models", "whole bucket")]
    [InlineData("s3://models@/x", "region")]
    [InlineData("s3://models@eu_west/x", "region")]
    [InlineData("s3://M/x", "bucket 'M'")]
    [InlineData("gs://models/", "whole bucket")]
    [InlineData("oci://n/tenant/b/models/o/", "whole bucket")]
    [InlineData("oci://ghcr.io", "oci://REGISTRY/REPOSITORY:TAG")]
    [InlineData("oci://ghcr.io/Org/Model", "oci://REGISTRY/REPOSITORY:TAG")]
    [InlineData("oci://ghcr.io/org/../other", "oci://REGISTRY/REPOSITORY:TAG")]
    [InlineData("oci://ghcr.io/org//model", "oci://REGISTRY/REPOSITORY:TAG")]
    [InlineData("az://account/models", "az://ACCOUNT/CONTAINER/PREFIX")]
    [InlineData("https://example.com/models/", "folder")]
    [InlineData("file://relative", "absolute")]
    [InlineData("hf://org/na\u0000me", "control")]
    public void What_cannot_be_fetched_is_refused_with_the_address_and_the_next_step(string uri, string says)
    {
        string problem = Assert.IsType<ModelUri.Refused>(ModelUri.Parse(uri)).Problem;

        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.Contains(uri, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://me:pa55@example.com/m.gguf")]
    [InlineData("https://pa55@example.com/m.gguf")]
    [InlineData("http://me:pa55@example.com/m.gguf")]
    [InlineData("HTTP://pa55@example.com/m.gguf")]
    [InlineData("ftp://me:pa55@example.com/m.gguf")]
    [InlineData("s3://me:pa55@models/x")]
    [InlineData("gs://me:pa55@models/x")]
    [InlineData("oci://me:pa55@ghcr.io/org/model")]
    [InlineData("https://example.com/models/?sig=pa55")]
    [InlineData("http://example.com/m.gguf?sig=pa55")]
    public void A_password_in_an_address_is_not_repeated(string uri)
        => Assert.DoesNotContain("pa55", Assert.IsType<ModelUri.Refused>(ModelUri.Parse(uri)).Problem, StringComparison.Ordinal);

    [Fact]
    public void No_text_makes_it_fail()
    {
        var random = new Random(7);
        string[] words = ["hf", "s3", "oci", "az", "gs", "https", "://", "/", "@", ":", "n/", "b/", "o/", "..", "sha256:", "é", "\ud800", " ", "[", "%00", "org", "name"];
        for (int i = 0; i < 20_000; i++)
            Assert.NotNull(ModelUri.Parse(string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => words[random.Next(words.Length)]))));
    }
}
