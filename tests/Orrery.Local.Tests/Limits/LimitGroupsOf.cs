using Orrery.Local.Limits;

namespace Orrery.Local.Tests.Limits;

/// <summary>Which control groups there are.</summary>
internal static class LimitGroupsOf
{
    public static IEnumerable<string> Bases(LimitForm form) => form switch
    {
        LimitForm.Version2 two => [two.Base],
        LimitForm.Version1 one => one.Bases.Values.Distinct(),
        _ => [],
    };

    /// <summary>Those of a home that are there.</summary>
    public static IEnumerable<string> Home(IEnumerable<string> bases, string runFolder)
        => bases.Select(b => Path.Combine(b, LimitGroups.NameOf(runFolder))).Where(Directory.Exists);
}
