using System.Globalization;
using Orrery.Resources.Demand;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Revisions;

/// <summary>Whether a revision that is being tried has shown itself to be bad. Pure.</summary>
public static class CanaryVerdict
{
    /// <summary>Of failed answers, in percent.</summary>
    public const int DefaultMaxErrorPercent = 5;

    /// <summary>Answers before the share counts.</summary>
    public const int DefaultMinRequests = 20;

    /// <summary>A replica that ended so often before any was ready does not come up.</summary>
    public const int MaxStarts = 3;

    /// <param name="answers">Since the canary began.</param>
    /// <returns>Why it is taken back; null: nothing speaks against it.</returns>
    public static string? ReasonAgainst(CanaryPolicy? policy, WorkloadState? state, AnswerCounts answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        int most = policy?.MaxErrorPercent ?? DefaultMaxErrorPercent;
        if (answers.All >= (policy?.MinRequests ?? DefaultMinRequests) && answers.Failed * 100 > answers.All * (long)most)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{answers.Failed} of {answers.All} answers failed ({100.0 * answers.Failed / answers.All:0.#} %, at most {most} % may)");
        }
        if (state is { Ready: 0 } && state.Replicas.FirstOrDefault(r => r.Revision == state.Revision && r.Restarts >= MaxStarts) is { } troubled)
            return $"{troubled.Name} was started {troubled.Restarts + 1} times and never stayed ready: {troubled.Message}";
        return null;
    }
}
