using Granary.Engine;
using Granary.Engine.Portfolio;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>Applies one version of a policy to all units of an account. Units that the version does not weigh get the weight 0.</summary>
internal sealed class PolicyDecider
{
    private readonly WeightPolicy _policy;
    private readonly AllocationObserver _observer;
    // Indices of the policy's values in the whole observation, and of its units among all units.
    private readonly int[] _places, _units;
    private readonly double[] _observation, _own;

    /// <param name="observer">Observer of all units.</param>
    /// <param name="units">All units of the account.</param>
    /// <exception cref="InputException">The policy belongs to other strategies, markets or regimes.</exception>
    public PolicyDecider(BatchPlan plan, AllocationObserver observer, AllocationUnits units, WeightPolicy policy)
    {
        (_policy, _observer) = (policy, observer);
        var own = AllocationUnits.Of(plan, policy);
        _units = [.. own.Indices.Select(units.PlaceOf)];
        _places = observer.PlacesOf(plan, own);
        (_observation, _own) = (new double[observer.Size - observer.MarketSize - units.Count + own.Count + _places.Length],
            new double[own.Count]);
        if (policy.ObservationSize != _observation.Length)
            throw new InputException($"the policy observes {policy.ObservationSize} numbers, and these markets and regimes give "
                + $"{_observation.Length}: run its batch again");
    }

    /// <summary>Decides the weights of a row. Allocates no memory.</summary>
    /// <param name="markets">Observed values of all units that do not depend on the account.</param>
    /// <param name="last">The last decided weights of all units.</param>
    /// <param name="weights">Receives the new weights of all units; it may be the same memory as <paramref name="last"/>.</param>
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
