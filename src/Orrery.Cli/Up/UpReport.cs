using System.Text;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Spectre.Console;

namespace Orrery.Cli.Up;

/// <summary>What <c>up</c> tells the person who started it: progress while it starts, then where everything is and what to do next.</summary>
internal sealed class UpReport(IAnsiConsole console, UpOptions options)
{
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
        text.AppendLine($"  API         {Root(gateway)}/v1");
        text.AppendLine($"  resources   {Root(api)}  (kubectl --kubeconfig {kubeconfig} get isvc)");
        text.AppendLine($"  admin key   {keyFile}");
        text.AppendLine();
        Out.Write(text);
        Out.Flush();
    }

    /// <summary>One line per service, printed again only when its state changed.</summary>
    public void Service(InferenceService service)
    {
        var ready = service.Status?.Conditions.Find(Conditions.Ready);
        string state = ready switch
        {
            null => "waits",
            { Status: "True" } => "ready",
            _ => $"not ready: {ready.Message}",
        };
        Progress($"  model {service.Metadata.Name}: {state}");
    }

    /// <summary>A line that works when pasted into another terminal.</summary>
    public void Next(Uri gateway, string keyFile, string model)
        => Progress($$"""

              Try it:

                curl {{Root(gateway)}}/v1/completions -H "Authorization: Bearer $(cat {{Quoted(keyFile)}})" -d '{"model":"{{model}}","prompt":"Once upon a time","max_tokens":64}'

              Ctrl-C stops everything.
            """);

    private static string Root(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? path : $"'{path.Replace("'", "'\\''")}'";
}
