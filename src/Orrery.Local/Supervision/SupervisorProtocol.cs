using System.Text.Json.Serialization;
using Orrery.Local.Limits;

namespace Orrery.Local.Supervision;

/// <summary>What <c>up</c> tells the supervisor: one JSON object per line on its standard input.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Start), "start")]
[JsonDerivedType(typeof(Stop), "stop")]
internal abstract record SupervisorCommand(string Id)
{
    /// <param name="Id">Never used before, by anybody; names the child in everything that follows.</param>
    /// <param name="Argv">Program, looked up on the PATH, and arguments.</param>
    /// <param name="Env">Added to the supervisor's own environment.</param>
    /// <param name="LogPath">Where its output goes: <see cref="LogFile"/>.</param>
    /// <param name="Limits">What it may use. Null: no limit.</param>
    /// <param name="MayLeave">What it starts may be anybody's child, in any session, and goes with it all the same: found by its id in the environment.</param>
    public sealed record Start(
        string Id, IReadOnlyList<string> Argv, IReadOnlyDictionary<string, string> Env, string Cwd, string LogPath, ReplicaLimits? Limits = null, bool MayLeave = false)
        : SupervisorCommand(Id)
    {
        /// <summary>Without the environment, which may hold secrets.</summary>
        public override string ToString() => $"start {Id}";
    }

    /// <summary>TERM now, KILL after the grace to all that is left of it.</summary>
    public sealed record Stop(string Id, int GraceMs) : SupervisorCommand(Id);
}

/// <summary>What the supervisor tells: one JSON object per line on its standard output.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Exited), "exited")]
internal abstract record SupervisorEvent(string Id)
{
    /// <param name="NotHeld">Which of its limits are not held here, in words. Null: all are.</param>
    public sealed record Started(string Id, int Pid, string? NotHeld = null) : SupervisorEvent(Id);

    /// <summary>It could not be started; nothing more comes for this id.</summary>
    public sealed record Failed(string Id, string Message) : SupervisorEvent(Id);

    /// <summary>It ended and its output is in the log. Either a code or a signal is set.</summary>
    /// <param name="OomKilled">It or what it started was killed because it wanted more memory than its limit.</param>
    public sealed record Exited(string Id, int? Code, int? Signal, bool OomKilled = false) : SupervisorEvent(Id);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SupervisorCommand))]
[JsonSerializable(typeof(SupervisorEvent))]
internal sealed partial class SupervisorJson : JsonSerializerContext;
