using System.Collections.Frozen;
using System.Collections.Immutable;
using Orrery.Gateway.Requests;
using Orrery.Resources;

namespace Orrery.Gateway.Routing;

/// <summary>Where requests to one service may go.</summary>
internal sealed record ServiceRoute(ResourceKey Service)
{
    /// <summary>When the service was.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Why none will become ready; null: one may.</summary>
    public string? Blocked { get; init; }

    /// <summary>What its controller says keeps it from being ready; null: nothing.</summary>
    public string? Hindrance { get; init; }

    /// <summary>Who answers, each with its share of the requests.</summary>
    public ImmutableArray<Branch> Branches { get; init; } = [];

    /// <summary>Names of the FineTunedWeights that are served beside the model.</summary>
    public ImmutableArray<string> Weights { get; init; } = [];

    /// <summary>What replicas call those of the weights that they do not know by their own names.</summary>
    public FrozenDictionary<string, string> WeightModels { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Goes from table to table, so that shares hold however often the table changes.</summary>
    public Turns Turns { get; init; } = new();

    public string ModelId { get; } = ModelName.Of(Service);

    public bool Ready => Branches.Any(b => b.Able);

    /// <summary>
    /// A branch by its share, then of two of its replicas the less loaded. A branch that no replica is ready of yields its requests to the
    /// others in proportion to theirs; one without a share gets none even then. Null: none may get requests.
    /// </summary>
    public Lease? TryTake(Random random)
    {
        while (true)
        {
            int able = 0, shares = 0;
            foreach (var branch in Branches)
            {
                if (branch.Able)
                {
                    able++;
                    shares += branch.Percent;
                }
            }
            if (able == 0)
                return null;

            int place = able == 1 ? 0 : Turns.Next(shares);
            foreach (var branch in Branches)
            {
                // Its last replica may have failed since it was counted: then all is looked at once more.
                if (branch.Able && (place -= branch.Percent) < 0 && branch.TryTake(random) is { } lease)
                    return lease;
            }
        }
    }
}
