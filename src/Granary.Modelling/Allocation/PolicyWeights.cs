using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Learning;
using Granary.Learning.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>
/// The policy of a configuration that decides the weights of a portfolio as its host passes the bars: row by row, from the observation that
/// it was trained on, by the version that is in force.
/// </summary>
public sealed class PolicyWeights
{
    // Signals are decided by the weights of their own row; some more are kept for strategies of longer timeframes.
    private const int Kept = 4096;

    private readonly BatchPlan _plan;
    private readonly PolicyPlan _policies;
    private readonly AllocationObserver _observer;
    private readonly double[] _markets, _weights;
    private readonly Dictionary<WeightPolicy, PolicyDecider> _deciders = [];

    /// <param name="instruments">Of all symbols of the plan, in the portfolio's order.</param>
    /// <exception cref="LearningInputException">A version is of other strategies or other markets.</exception>
    public PolicyWeights(BatchPlan plan, IReadOnlyList<Instrument> instruments, PolicyPlan policies)
    {
        (_plan, _policies) = (plan, policies);
        var units = AllocationUnits.Of(plan, policies);
        _observer = new AllocationObserver(plan, instruments, units);
        Weights = new DecidedWeights(units, Kept) { HoldsAll = true };
        (_markets, _weights) = (new double[_observer.MarketSize], new double[units.Count]);
        foreach (var policy in policies.Changes.Select(c => c.Policy).Prepend(policies.First)) Require(policy);
    }

    /// <summary>The decisions.</summary>
    public DecidedWeights Weights { get; }

    /// <summary>Makes ready for a version.</summary>
    /// <exception cref="LearningInputException">It is of other strategies, markets or regimes.</exception>
    public PolicyDecider Require(WeightPolicy policy)
    {
        if (!_deciders.TryGetValue(policy, out var decider))
            _deciders.Add(policy, decider = new PolicyDecider(_plan, _observer, Weights.Units, policy));
        return decider;
    }

    /// <summary>A bar has closed.</summary>
    public void Mark(int symbol, in Bar bar) => _observer.Mark(symbol, bar);

    /// <summary>The next event of a strategy.</summary>
    public void Take(int strategy, in RunEvent e) => _observer.Take(strategy, e);

    /// <summary>Decides when the closes of a row are marked, before its signals.</summary>
    /// <param name="stamp">Open time of the bars that closed, UTC ticks.</param>
    /// <param name="timestamp">When they closed, UTC ticks.</param>
    public void Decide(long stamp, long timestamp, PortfolioRun account)
    {
        _observer.OpenRow(stamp, timestamp);
        _observer.ObserveMarkets(_markets);
        Require(_policies.At(timestamp)).Decide(_markets, account, Weights.Last, _weights);
        Weights.Add(timestamp, _weights);
    }
}
