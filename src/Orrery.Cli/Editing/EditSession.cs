using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Objects;
using Orrery.Resources.Text;

namespace Orrery.Cli.Editing;

/// <summary>One object in the editor, until the server takes it or the person gives up. What the person wrote is in a file all the while.</summary>
internal sealed class EditSession(ResourceClient client, ObjectName one, string ns, Func<string, CancellationToken, Task> edit)
{
    // Each turn is a person's; a script that never gives up ends here.
    private const int MaxTurns = 100;

    /// <returns>What was done, in a line.</returns>
    /// <exception cref="CliException">Given up with a text that was not taken; says where it is.</exception>
    public async Task<string> RunAsync(CancellationToken ct)
    {
        var before = await client.GetAsync(one.Kind, ns, one.Name, table: false, ct);
        before = FoundObject.Of(one.Kind, before).Json;
        (before["metadata"] as JsonObject)?.Remove("managedFields");
        string folder = Directory.CreateTempSubdirectory("orrery-edit-").FullName;
        string file = Path.Combine(folder, $"{one.Kind.One}-{one.Name}.yaml");
        string body = Yaml.Write(before);
        string? problem = null;
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            await File.WriteAllTextAsync(file, EditedText.With(problem, one.Title, body), ct);
            await edit(file, ct);
            string edited = EditedText.Body(await File.ReadAllTextAsync(file, ct));
            if (problem is not null && (edited == body || edited.Trim().Length == 0))
                break;
            var (patch, mistake) = EditedText.Patch(before, edited);
            if (patch is { Count: 0 })
            {
                Directory.Delete(folder, recursive: true);
                return $"{one.Title} unchanged";
            }
            (body, problem) = (edited, mistake ?? await SendAsync(patch!, ct));
            if (problem is null)
            {
                Directory.Delete(folder, recursive: true);
                return $"{one.Title} edited";
            }
        }
        await File.WriteAllTextAsync(file, body, ct);
        throw new CliException($"{one.Title} was not changed: {problem!.TrimEnd('.')}. Your text is in {file}; correct it and use: orrery apply -f {file}");
    }

    private async Task<string?> SendAsync(JsonObject patch, CancellationToken ct)
    {
        try
        {
            string path = $"{one.Kind.Path(ns, one.Name)}?fieldManager=orrery-edit&fieldValidation=Strict";
            await client.WriteAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json", ct);
            return null;
        }
        catch (CliException e)
        {
            return e.Message;
        }
    }
}
