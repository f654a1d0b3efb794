using Orrery.Resources.Models;

namespace Orrery.Control.Models;

/// <summary>What looking at a model's files found.</summary>
public abstract record ModelInspection
{
    /// <param name="Found">What is to stand in the status, but for state, conditions and generation.</param>
    public sealed record Understood(ModelStatus Found) : ModelInspection;

    /// <summary>No file where the spec says.</summary>
    public sealed record Missing(string Path) : ModelInspection;

    /// <summary>A file that is no model, or a broken one. The message names file, place and value.</summary>
    public sealed record Broken(string Path, string Message) : ModelInspection;
}
