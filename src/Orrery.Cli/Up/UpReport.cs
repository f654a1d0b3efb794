using System.Text;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Spectre.Console;

namespace Orrery.Cli.Up;

/// <summary>What <c>up</c> tells the person who started it: progress while it starts, then where everything is and what to do next.</summary>
internal sealed class UpReport(IAnsiConsole console, UpOptions options)
{
    private readonly Dictionary<string, string> _told = [];

    private TextWriter Out => console.Profile.Out.Writer;

    public void Progress(string step)
    {
        Out.WriteLine(step);
        Out.Flush();
    }

    public void Started(Uri gateway, Uri api, string keyFile, string kubeconfig)
    {
        var text = new StringBuilder();
        text.AppendLine();
        text.AppendLine($"  home        {options.Home}");
        text.AppendLine($"  API         {ListenAddress.ToConnect(gateway)}/v1");
        text.AppendLine($"  resources   {ListenAddress.ToConnect(api)}  (kubectl --kubeconfig {kubeconfig} get isvc)");
        text.AppendLine($"  admin key   {keyFile}");
        text.AppendLine();
        Out.Write(text);
        Out.Flush();
    }

    /// <summary>
    /// One line per service, printed again only when its state changed. When nothing is on its way any more, says what to do next.
    /// </summary>
    /// <param name="preferred">The service to try, if it is ready.</param>
    /// <param name="embeds">Whether that one makes embeddings and no text.</param>
    /// <returns>True: all is said.</returns>
    public bool Services(IReadOnlyList<InferenceService> services, Uri gateway, string keyFile, string preferred, bool embeds)
    {
        foreach (var service in services)
        {
            string id = service.Metadata.Namespace == Namespace.Default ? service.Metadata.Name! : $"{service.Metadata.Namespace}/{service.Metadata.Name}";
            string state = State(service);
            if (_told.GetValueOrDefault(id) != state)
                Progress($"  model {id}: {state}");
            _told[id] = state;
        }
        if (services.Any(IsOnItsWay))
            return false;

        var ready = services.Where(s => IsReady(s) && s.Metadata.Namespace == Namespace.Default).Select(s => s.Metadata.Name!).ToList();
        Next(gateway, keyFile, ready.Contains(preferred) ? preferred : ready.FirstOrDefault(), embeds && ready.Contains(preferred));
        return true;
    }

    private static string State(InferenceService service) => Ready(service) switch
    {
        null => "waits",
        { Status: "True" } => "ready",
        var ready => $"not ready: {ready.Message}",
    };

    private static Condition? Ready(InferenceService service) => service.Status?.Conditions.Find(Conditions.Ready);

    private static bool IsReady(InferenceService service) => Ready(service)?.Status == "True";

    private static bool IsOnItsWay(InferenceService service) => Ready(service) is null or { Status: not "True", Reason: "Starting" or "Waiting" };

    private const string ChatTrial = """
        "messages":[{"role":"user","content":"How many moons does Mars have?"}],"max_tokens":64
        """;

    private const string EmbeddingTrial = """
        "input":"How many moons does Mars have?"
        """;

    /// <summary>A line that works when pasted into another terminal.</summary>
    private void Next(Uri gateway, string keyFile, string? model, bool embeds)
        => Progress(model is null
            ? """

                No model is ready. `orrery get isvc -A` says why; `orrery apply -f samples/service.yaml` makes a service.

                Ctrl-C stops everything.
              """
            : $$"""

                Try it:

                  curl {{ListenAddress.ToConnect(gateway)}}/v1/{{(embeds ? "embeddings" : "chat/completions")}} -H "Authorization: Bearer $(cat {{Quoted(keyFile)}})" -d '{"model":"{{model}}",{{(embeds ? EmbeddingTrial : ChatTrial)}}}'

                Ctrl-C stops everything.
              """);

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? path : $"'{path.Replace("'", "'\\''")}'";
}
