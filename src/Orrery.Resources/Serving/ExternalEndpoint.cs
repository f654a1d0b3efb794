using Orrery.Resources.Schema;

namespace Orrery.Resources.Serving;

/// <summary>A server of the OpenAI API that runs elsewhere.</summary>
public sealed record ExternalEndpoint
{
    /// <summary>What the paths of requests follow, as in <c>https://api.example.com/v1</c>.</summary>
    [Required, Pattern(@"^https?://[^/?#\s@]+(/[^?#\s]*)?$", "an http or https address without user, query or fragment, such as https://api.example.com/v1")]
    public string? Url { get; init; }

    /// <summary>What that server calls the model. Unset: the name of this service.</summary>
    public string? Model { get; init; }

    /// <summary>The key that it asks for, sent as <c>Authorization: Bearer</c>. Unset: none is sent; the caller's own never is.</summary>
    public SecretKeyReference? ApiKey { get; init; }
}

/// <summary>One value of a Secret in the same namespace.</summary>
public sealed record SecretKeyReference
{
    /// <summary>Name of the Secret.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>Which of its values.</summary>
    [Required]
    public string? Key { get; init; }

    /// <summary>True: it may be missing.</summary>
    public bool? Optional { get; init; }
}
