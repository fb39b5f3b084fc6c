using Granary.Application.Batches;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Learning.Reinforcement.Policies;

namespace Granary.Application.Allocation;

/// <summary>
/// A policy that decides the weights of a portfolio as its host passes the bars: row by row, from the observation that it was trained on.
/// </summary>
internal sealed class PolicyWeights
{
    // Signals are decided by the weights of their own row; some more are kept for strategies of longer timeframes.
    private const int Kept = 4096;

    private readonly WeightPolicy _policy;
    private readonly AllocationObserver _observer;
    private readonly double[] _observation, _weights;

    /// <param name="instruments">Of all symbols of the plan, in the portfolio's order.</param>
    /// <exception cref="Granary.Learning.LearningInputException">The policy is of other strategies or other markets.</exception>
    public PolicyWeights(BatchPlan plan, IReadOnlyList<Instrument> instruments, WeightPolicy policy)
    {
        var units = AllocationUnits.Of(plan, policy);
        (_policy, _observer) = (policy, new AllocationObserver(plan, instruments, units));
        _observer.RequireFor(policy);
        Weights = new DecidedWeights(units, Kept);
        (_observation, _weights) = (new double[_observer.Size], new double[units.Count]);
    }

    /// <summary>The decisions.</summary>
    public DecidedWeights Weights { get; }

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
        _observer.ObserveMarkets(_observation);
        _observer.ObserveAccount(account, Weights.Last, _observation.AsSpan(_observer.MarketSize));
        _policy.Decide(_observation, _weights);
        Weights.Add(timestamp, _weights);
    }
}
