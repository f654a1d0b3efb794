namespace Orrery.Api.Access.Reviews;

/// <summary>A question in the shape of an object: created, answered in its status, and never kept.</summary>
/// <param name="Plural">As in the URL.</param>
/// <param name="Name">The <c>kind</c>.</param>
internal sealed record ReviewKind(string Group, string Version, string Plural, string Name, bool Namespaced = false)
{
    private const string Authorization = "authorization.k8s.io";
    private const string Authentication = "authentication.k8s.io";

    /// <summary>May I …?</summary>
    public static ReviewKind SelfAccess { get; } = new(Authorization, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview");

    /// <summary>What may I?</summary>
    public static ReviewKind SelfRules { get; } = new(Authorization, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview");

    /// <summary>May they …?</summary>
    public static ReviewKind Access { get; } = new(Authorization, "v1", "subjectaccessreviews", "SubjectAccessReview");

    /// <summary>May they …, in this namespace?</summary>
    public static ReviewKind LocalAccess { get; } = new(Authorization, "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", Namespaced: true);

    /// <summary>Who am I?</summary>
    public static ReviewKind Self { get; } = new(Authentication, "v1", "selfsubjectreviews", "SelfSubjectReview");

    /// <summary>The same; kubectl 1.27 knows no other version.</summary>
    public static ReviewKind SelfBeta { get; } = Self with { Version = "v1beta1" };

    /// <summary>The preferred version of a group before its others.</summary>
    public static IReadOnlyList<ReviewKind> All { get; } = [SelfAccess, SelfRules, Access, LocalAccess, Self, SelfBeta];

    public string Singular => Name.ToLowerInvariant();

    public string Path => $"/apis/{Group}/{Version}/{(Namespaced ? "namespaces/{namespace}/" : "")}{Plural}";
}
