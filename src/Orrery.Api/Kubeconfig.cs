using System.Text;
using System.Text.Json.Nodes;
using Orrery.Resources.Text;

namespace Orrery.Api;

/// <summary>The file that lets kubectl and its kin in: one cluster, one user, one context, all named <c>orrery</c>.</summary>
public static class Kubeconfig
{
    public const string ContextName = "orrery";

    /// <summary>Written whole or not at all, readable by the owner alone.</summary>
    /// <param name="caCertificate">PEM.</param>
    /// <exception cref="IOException">The folder is not there or not writable.</exception>
    public static void Write(string path, Uri server, string caCertificate, string token)
        => PrivateFile.Write(path, Yaml.Write(Content(server, caCertificate, token)), secret: true);

    private static JsonObject Content(Uri server, string caCertificate, string token) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Config",
        ["clusters"] = new JsonArray(new JsonObject
        {
            ["name"] = ContextName,
            ["cluster"] = new JsonObject
            {
                ["server"] = server.GetLeftPart(UriPartial.Authority),
                ["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(caCertificate)),
            },
        }),
        ["users"] = new JsonArray(new JsonObject { ["name"] = ContextName, ["user"] = new JsonObject { ["token"] = token } }),
        ["contexts"] = new JsonArray(new JsonObject
        {
            ["name"] = ContextName,
            ["context"] = new JsonObject { ["cluster"] = ContextName, ["user"] = ContextName, ["namespace"] = "default" },
        }),
        ["current-context"] = ContextName,
    };
}
