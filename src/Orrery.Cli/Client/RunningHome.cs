using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orrery.Cli.Client;

/// <summary>Where the running <c>up</c> of a home answers. Written by <c>up</c> when it is ready, removed when it ends.</summary>
/// <param name="Started">Of the process: with the pid it names one process for good.</param>
/// <param name="Gateway">Base address of <c>/v1</c>.</param>
/// <param name="Api">Base address of the resource API.</param>
internal sealed record RunningHome(int Pid, DateTimeOffset Started, Uri Gateway, Uri Api)
{
    // Start times are computed from the clock and the time since boot, which disagree a little from one reading to the next.
    private static readonly TimeSpan SameStart = TimeSpan.FromSeconds(2);

    /// <summary>Where it is written in a home.</summary>
    public static string FileOf(string home) => Path.Combine(home, "run", "up.json");

    public static RunningHome OfThisProcess(Uri gateway, Uri api)
    {
        using var self = Process.GetCurrentProcess();
        return new RunningHome(self.Id, self.StartTime, gateway, api);
    }

    /// <summary>False: it was killed, and whoever listens at its addresses now is somebody else, who must not get its key.</summary>
    public bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            return (process.StartTime.ToUniversalTime() - Started.UtcDateTime).Duration() < SameStart;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public void Write(string path)
    {
        string staged = path + ".new";
        File.WriteAllBytes(staged, JsonSerializer.SerializeToUtf8Bytes(this, RunningHomeJson.Default.RunningHome));
        File.Move(staged, path, overwrite: true);
    }

    public static RunningHome? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RunningHomeJson.Default.RunningHome) : null;
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} cannot be read: {e.Message} Restart orrery up.");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunningHome))]
internal sealed partial class RunningHomeJson : JsonSerializerContext;
