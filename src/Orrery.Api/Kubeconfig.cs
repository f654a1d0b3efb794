using System.Text;
using System.Text.Json.Nodes;
using Orrery.Api.Tls;
using Orrery.Resources.Text;

namespace Orrery.Api;

/// <summary>The file that lets kubectl and its kin in: one cluster, one user, one context, all named <c>orrery</c>.</summary>
public static class Kubeconfig
{
    public const string ContextName = "orrery";

    /// <summary>Written whole or not at all, readable by the owner alone.</summary>
    /// <param name="authority">Its admin is the user.</param>
    /// <exception cref="IOException">The folder is not there or not writable.</exception>
    public static void Write(string path, Uri server, LocalAuthority authority)
        => PrivateFile.Write(path, Yaml.Write(Content(server, authority.CaCertificate, authority.AdminClient)), secret: true);

    private static JsonObject Content(Uri server, string caCertificate, ClientCredential user) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Config",
        ["clusters"] = new JsonArray(new JsonObject
        {
            ["name"] = ContextName,
            ["cluster"] = new JsonObject
            {
                ["server"] = server.GetLeftPart(UriPartial.Authority),
                ["certificate-authority-data"] = Base64(caCertificate),
            },
        }),
        ["users"] = new JsonArray(new JsonObject
        {
            ["name"] = ContextName,
            ["user"] = new JsonObject
            {
                ["client-certificate-data"] = Base64(user.Certificate),
                ["client-key-data"] = Base64(user.Key),
            },
        }),
        ["contexts"] = new JsonArray(new JsonObject
        {
            ["name"] = ContextName,
            ["context"] = new JsonObject { ["cluster"] = ContextName, ["user"] = ContextName, ["namespace"] = "default" },
        }),
        ["current-context"] = ContextName,
    };

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
