using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>The units that one allocator weighs, and what it sees of the markets at every row.</summary>
public sealed class AllocationView
{
    private readonly double[] _markets, _closes;

    /// <param name="baseWeights">In the order of the units; an action tilts them.</param>
    public AllocationView(PortfolioTimeline timeline, BatchPlan plan, IReadOnlyList<Instrument> instruments, AllocationUnits units,
        double[] baseWeights)
    {
        (Timeline, Plan, Instruments, Units, BaseWeights) = (timeline, plan, instruments, units, baseWeights);
        Observer = new AllocationObserver(plan, instruments, units);
        _markets = new double[timeline.Rows * Observer.MarketSize];
        _closes = new double[timeline.Rows * Observer.Markets];
        for (int row = 0, step = 0; row < timeline.Rows; row++)
        {
            timeline.Replay(step, timeline.DecisionOf(row), Observer);
            step = timeline.DecisionOf(row);
            Observer.ObserveMarkets(_markets.AsSpan(row * Observer.MarketSize, Observer.MarketSize));
            Observer.Closes.CopyTo(_closes.AsSpan(row * Observer.Markets));
        }
    }

    public PortfolioTimeline Timeline { get; }

    public BatchPlan Plan { get; }

    public IReadOnlyList<Instrument> Instruments { get; }

    public AllocationUnits Units { get; }

    public double[] BaseWeights { get; }

    public AllocationObserver Observer { get; }

    /// <summary>The numbers of a row that do not depend on the account.</summary>
    public ReadOnlySpan<double> MarketsAt(int row) => _markets.AsSpan(row * Observer.MarketSize, Observer.MarketSize);

    /// <summary>Writes the observation of a row.</summary>
    public void Observe(AllocationAccount account, Span<double> target) => Observe(account, account.Weights.Last, target);

    /// <summary>The same of an account that has more units.</summary>
    /// <param name="weights">As they were decided last, in the order of this view's units.</param>
    public void Observe(AllocationAccount account, ReadOnlySpan<double> weights, Span<double> target)
    {
        var size = Observer.MarketSize;
        MarketsAt(account.Row).CopyTo(target);
        Observer.ObserveAccount(account.Run, weights, target[size..]);
    }

    /// <summary>Log growth of the units' markets in equal parts from one row to another, without costs.</summary>
    /// <param name="last">The row after the last.</param>
    public double MarketGrowth(int first, int last)
    {
        var (sum, markets) = (0.0, 0);
        for (var m = 0; m < Observer.Markets; m++)
        {
            var (before, after) = (_closes[first * Observer.Markets + m], _closes[(last - 1) * Observer.Markets + m]);
            if (!(before > 0)) continue;
            sum += after / before;
            markets++;
        }
        return markets > 0 ? Math.Log(sum / markets) : 0;
    }
}
