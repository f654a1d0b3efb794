using System.Text;
using Orrery.Resources;

namespace Orrery.Api.Discovery;

/// <summary>
/// The least OpenAPI v2 that kubectl up to 1.29 asks for before it writes: per kind one PATCH path, saying that <c>dryRun</c> and <c>fieldValidation</c> are
/// understood. Those versions read it only as the protocol buffer of gnostic's <c>openapi.v2.Document</c>; the numbers below are its fields.
/// </summary>
internal static class OpenApiV2
{
    /// <summary>What clients ask for.</summary>
    public const string AcceptType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// <summary>What they get: the same without the <c>@</c>, which no media type may hold and Go refuses to read.</summary>
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    public static byte[] Document(string product) =>
    [
        .. Field(1, "2.0"),
        .. Field(2, [.. Field(1, "Orrery"), .. Field(2, product)]),
        .. Field(8, [.. Kinds.All.SelectMany(kind => Field(2, [.. Field(1, Path(kind)), .. Field(2, PathItem(kind))]))]),
    ];

    private static byte[] PathItem(ResourceKind kind) => Field(8, [.. Field(8, QueryParameter("dryRun")), .. Field(8, QueryParameter("fieldValidation")), .. Field(13, GroupVersionKind(kind))]);

    // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema.
    private static byte[] QueryParameter(string name) => Field(1, Field(2, Field(3, [.. Field(2, "query"), .. Field(4, name), .. Field(6, "string")])));

    private static byte[] GroupVersionKind(ResourceKind kind) =>
    [
        .. Field(1, "x-kubernetes-group-version-kind"),
        .. Field(2, Field(2, $"group: \"{kind.Group}\"\nversion: {kind.Version}\nkind: {kind.Name}\n")),
    ];

    private static string Path(ResourceKind kind)
        => $"{(kind.Group.Length == 0 ? "/api" : $"/apis/{kind.Group}")}/{kind.Version}/{(kind.Namespaced ? "namespaces/{namespace}/" : "")}{kind.Plural}/{{name}}";

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    /// <summary>One length-delimited field (wire type 2).</summary>
    private static byte[] Field(int number, byte[] content) => [(byte)((number << 3) | 2), .. Varint(content.Length), .. content];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
