using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Orrery.Resources;

/// <summary>The typed view of a document: the fields that this program knows. Writing goes through <see cref="Document"/>, which keeps the others.</summary>
public abstract record Resource
{
    [JsonPropertyOrder(-3)]
    public string? ApiVersion { get; init; }

    [JsonPropertyName("kind"), JsonPropertyOrder(-2)]
    public string? KindName { get; init; }

    // Generated readers give a field that is left out as null, not as its initial value; here and in each Spec that means empty.
    [JsonPropertyOrder(-1)]
    public Metadata Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Everything wrong with the values, each line starting with the field's path. Shape and metadata are checked elsewhere.</summary>
    public virtual IEnumerable<string> Problems() => [];
}

/// <summary>Ties a record to its kind, so that <c>store.GetAsync&lt;InferenceService&gt;</c> needs no more.</summary>
public interface IResource<TSelf>
    where TSelf : Resource, IResource<TSelf>
{
    static abstract ResourceKind Kind { get; }

    static abstract JsonTypeInfo<TSelf> View { get; }
}
