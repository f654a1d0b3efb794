using System.Text.RegularExpressions;
using System.Globalization;
using Orrery.Control.Fitting;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>What a container sees of the machine and is told about it, as OME's containers are. Pure.</summary>
internal static partial class ContainerMounts
{
    /// <summary>Models and weights for reading, each at its own path.</summary>
    public static IReadOnlyList<ContainerMount> Of(IReadOnlyList<string> paths)
        => [.. paths.Select(p => PartName().IsMatch(p) ? Path.GetDirectoryName(p)! : p).Distinct().Select(p => new ContainerMount(p, p))];

    public static IEnumerable<KeyValuePair<string, string>> Variables(ComponentQuestion question)
    {
        if (!question.Role.LoadsModel)
            return [];
        int parallel = question.Room?.Fit is FitResult.Fits { Accelerators: > 0 } fits ? fits.Accelerators : 1;
        return new Dictionary<string, string>
        {
            ["MODEL_PATH"] = question.Ground.Model.Path,
            ["SERVED_MODEL_NAME"] = question.Ground.Model.Name,
            ["PARALLELISM_SIZE"] = parallel.ToString(CultureInfo.InvariantCulture),
        };
    }

    // One of several files of a model: the others lie beside it.
    [GeneratedRegex(@"-\d{5}-of-\d{5}\.[a-z]+$")]
    private static partial Regex PartName();
}
