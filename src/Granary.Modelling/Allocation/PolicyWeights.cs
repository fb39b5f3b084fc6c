using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Decides the weights of a portfolio by the policy of a production configuration. While the host passes the bars, the version in force
/// decides each row from the observation that it was trained on.
/// </summary>
internal sealed class PolicyWeights
{
    // Signals use the weights of their own row. Strategies of longer timeframes refer to earlier rows, so older weights are kept.
    private const int Kept = 4096;

    private readonly BatchPlan _plan;
    private readonly PolicyPlan _policies;
    private readonly AllocationObserver _observer;
    private readonly double[] _markets, _weights;
    private readonly Dictionary<WeightPolicy, PolicyDecider> _deciders = [];

    /// <param name="instruments">Instruments of all symbols of the plan, in the portfolio's order.</param>
    /// <exception cref="InputException">A version belongs to other strategies or markets.</exception>
    public PolicyWeights(BatchPlan plan, IReadOnlyList<Instrument> instruments, PolicyPlan policies)
    {
        (_plan, _policies) = (plan, policies);
        var units = AllocationUnits.Of(plan, policies);
        _observer = new AllocationObserver(plan, instruments, units);
        Weights = new DecidedWeights(units, Kept) { HoldsAll = true };
        (_markets, _weights) = (new double[_observer.MarketSize], new double[units.Count]);
        foreach (var policy in policies.Changes.Select(c => c.Policy).Prepend(policies.First)) Require(policy);
    }

    /// <summary>The decided weights.</summary>
    public DecidedWeights Weights { get; }

    /// <summary>Returns the decider of a version; creates it on the first call.</summary>
    /// <exception cref="InputException">The version belongs to other strategies, markets or regimes.</exception>
    public PolicyDecider Require(WeightPolicy policy)
    {
        if (!_deciders.TryGetValue(policy, out var decider))
            _deciders.Add(policy, decider = new PolicyDecider(_plan, _observer, Weights.Units, policy));
        return decider;
    }

    /// <summary>Passes a closed bar to the observer.</summary>
    public void Close(int symbol, Timeframe timeframe, BarBlock block, int index) => _observer.Close(symbol, timeframe, block, index);

    /// <summary>Passes the next event of a strategy to the observer.</summary>
    public void Take(int strategy, in RunEvent e) => _observer.Take(strategy, e, isWithin: true);

    /// <summary>Decides the weights of a row. Call it after the row's closes are marked and before its signals.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks.</param>
    /// <param name="timestamp">Close of these bars, UTC ticks.</param>
    public void Decide(long stamp, long timestamp, PortfolioRun account)
    {
        _observer.OpenRow(stamp, timestamp);
        _observer.ObserveMarkets(_markets);
        Require(_policies.At(timestamp)).Decide(_markets, account, Weights.Last, _weights);
        Weights.Add(timestamp, _weights);
    }
}
