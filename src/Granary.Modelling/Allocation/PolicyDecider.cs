using Granary.Engine.Portfolio;
using Granary.Learning;
using Granary.Learning.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>A version of a policy among units of which it may weigh some only: the others get the weight 0.</summary>
public sealed class PolicyDecider
{
    private readonly WeightPolicy _policy;
    private readonly AllocationObserver _observer;
    // Which numbers of the whole observation, and which units, are those of the policy.
    private readonly int[] _places, _units;
    private readonly double[] _observation, _own;

    /// <param name="observer">Of all units.</param>
    /// <param name="units">All units.</param>
    /// <exception cref="LearningInputException">The policy is of other strategies, markets or regimes.</exception>
    public PolicyDecider(BatchPlan plan, AllocationObserver observer, AllocationUnits units, WeightPolicy policy)
    {
        (_policy, _observer) = (policy, observer);
        var own = AllocationUnits.Of(plan, policy);
        _units = [.. own.Indices.Select(units.PlaceOf)];
        _places = observer.PlacesOf(plan, own);
        (_observation, _own) = (new double[observer.Size - observer.MarketSize - units.Count + own.Count + _places.Length],
            new double[own.Count]);
        if (policy.ObservationSize != _observation.Length)
            throw new LearningInputException($"the policy observes {policy.ObservationSize} numbers, and these markets and regimes give "
                + $"{_observation.Length}: run its batch again");
    }

    /// <summary>Decides the weights of a row. Allocates nothing.</summary>
    /// <param name="markets">The numbers that do not depend on the account, of all units.</param>
    /// <param name="last">The weights that were decided last, of all units.</param>
    /// <param name="weights">Those that hold now, of all units; may be the same memory.</param>
    public void Decide(ReadOnlySpan<double> markets, PortfolioRun account, ReadOnlySpan<double> last, Span<double> weights)
    {
        for (var i = 0; i < _places.Length; i++) _observation[i] = markets[_places[i]];
        for (var u = 0; u < _own.Length; u++) _own[u] = last[_units[u]];
        _observer.ObserveAccount(account, _own, _observation.AsSpan(_places.Length));
        _policy.Decide(_observation, _own);
        weights.Clear();
        for (var u = 0; u < _own.Length; u++) weights[_units[u]] = _own[u];
    }
}
