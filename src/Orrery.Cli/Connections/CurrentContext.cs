using Orrery.Cli.Client;
using Orrery.Resources;
using Orrery.Resources.Text;

namespace Orrery.Cli.Connections;

/// <summary>Changes which context of the kubeconfig files is the current one.</summary>
internal static class CurrentContext
{
    /// <summary>Written where it is set already, else into the first file; whole or not at all, for the owner's eyes as it was.</summary>
    /// <returns>The file that was changed.</returns>
    /// <exception cref="CliException">No file can be changed.</exception>
    public static string Set(IReadOnlyList<string> files, string context)
    {
        var there = files.Where(File.Exists).ToList();
        string file = there.FirstOrDefault(f => KubeconfigReader.Read(f).CurrentContext is not null) ?? there.FirstOrDefault()
            ?? throw new CliException($"There is no kubeconfig to change: {string.Join(", ", files)}.");
        try
        {
            var config = Yaml.ParseAll(File.ReadAllText(file)) is [var only] ? only : [];
            config["current-context"] = context;
            // Of two that write at once the later wins whole.
            string staged = $"{file}.{Environment.ProcessId}.new";
            using (var stream = new FileStream(staged, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            using (var writer = new StreamWriter(stream))
                writer.Write(Yaml.Write(config));
            File.Move(staged, file, overwrite: true);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDocumentException)
        {
            throw new CliException($"{file} cannot be changed: {e.Message}");
        }
    }
}
