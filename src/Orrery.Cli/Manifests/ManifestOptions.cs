using System.CommandLine;
using Orrery.Cli.Commands;
using Orrery.Cli.Connections;

namespace Orrery.Cli.Manifests;

/// <summary>The options with which <c>apply</c> and <c>diff</c> read manifests and send them.</summary>
internal sealed class ManifestOptions
{
    public Option<string[]> Files { get; } = CommonOptions.Files("YAML or JSON file, folder of them, http or https address, or - for standard input.");

    public Option<bool> Recursive { get; } = new("--recursive", "-R") { Description = "Folders with what is below them." };

    public Option<bool> Force { get; } = new("--force-conflicts") { Description = "Take over fields that other managers own." };

    public Option<string> Validate { get; } = CommonOptions.Choice("--validate", "Unknown and repeated fields: strict refuses, warn tells, ignore keeps silent.", "strict", ["strict", "warn", "ignore"]);

    public Option<string> Manager { get; } = new("--field-manager") { Description = "Name under which fields are owned.", DefaultValueFactory = _ => "orrery" };

    public ManifestOptions() => Files.Required = true;

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Files, Recursive, Force, Validate, Manager])
            command.Options.Add(option);
    }

    /// <summary>All manifests are read before the first is sent: a typing mistake in the last one changes nothing.</summary>
    /// <inheritdoc cref="ManifestSet.Of"/>
    public async Task<IReadOnlyList<Manifest>> ReadAsync(ParseResult parsed, ApiSession session, CancellationToken ct)
    {
        var written = await ManifestFiles.ReadAsync(parsed.GetValue(Files)!, parsed.GetValue(Recursive), ct);
        bool isGiven = parsed.GetValue(CommonOptions.Namespace) is not null;
        bool check = session.IsHome && parsed.GetValue(Validate) == "strict";
        return await session.ResolveAsync(c => ManifestSet.Of(written, c, session.Namespace(parsed), isGiven, check), ct);
    }

    /// <summary>Parameters of a server-side apply.</summary>
    public string Parameters(ParseResult parsed, bool dryRun)
    {
        string validation = parsed.GetValue(Validate) switch { "strict" => "Strict", "warn" => "Warn", _ => "Ignore" };
        return $"fieldManager={Uri.EscapeDataString(parsed.GetValue(Manager)!)}&fieldValidation={validation}"
            + (parsed.GetValue(Force) ? "&force=true" : "") + (dryRun ? "&dryRun=All" : "");
    }
}
