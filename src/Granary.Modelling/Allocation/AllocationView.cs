using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>The units of one allocator, with its market observations at every row.</summary>
internal sealed class AllocationView
{
    private readonly double[] _markets, _closes;

    /// <param name="baseWeights">Weights in the order of the units; an action tilts them.</param>
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

    /// <summary>Returns the observed values of a row that do not depend on the account.</summary>
    public ReadOnlySpan<double> MarketsAt(int row) => _markets.AsSpan(row * Observer.MarketSize, Observer.MarketSize);

    /// <summary>Writes the observation at the account's current row.</summary>
    public void Observe(AllocationAccount account, Span<double> target) => Observe(account, account.Weights.Last, target);

    /// <summary>Writes the observation for an account that has more units than this view.</summary>
    /// <param name="weights">The last decided weights, in the order of this view's units.</param>
    public void Observe(AllocationAccount account, ReadOnlySpan<double> weights, Span<double> target)
    {
        var size = Observer.MarketSize;
        MarketsAt(account.Row).CopyTo(target);
        Observer.ObserveAccount(account.Run, weights, target[size..]);
    }

    /// <summary>Log growth of an equal-weight portfolio of the units' markets from a row to another, without costs.</summary>
    /// <param name="last">The row at whose closes it is sold; at the last row of the record if there is no such row.</param>
    public double MarketGrowth(int first, int last)
    {
        var (sum, markets, end) = (0.0, 0, Math.Min(last, Timeline.Rows - 1));
        for (var m = 0; m < Observer.Markets; m++)
        {
            var (before, after) = (_closes[first * Observer.Markets + m], _closes[end * Observer.Markets + m]);
            if (!(before > 0)) continue;
            sum += after / before;
            markets++;
        }
        return markets > 0 ? Math.Log(sum / markets) : 0;
    }
}
