using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Allocation;

/// <summary>
/// The portfolio's account over a <see cref="PortfolioTimeline"/> with weights that are decided on the way. It is the backtest's own
/// <see cref="PortfolioDriver"/>: limits, sizes and costs have the last word in the same way.
/// </summary>
public sealed class AllocationAccount
{
    private readonly PortfolioTimeline _timeline;
    private readonly BatchPlan _plan;
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly double[] _isMember;
    private PortfolioDriver _driver = null!;

    /// <param name="units">What may be given weights.</param>
    /// <param name="decisions">The most decisions between two calls of <see cref="Start"/>.</param>
    public AllocationAccount(PortfolioTimeline timeline, BatchPlan plan, IReadOnlyList<Instrument> instruments,
        AllocationUnits units, int decisions)
    {
        (_timeline, _plan, _instruments) = (timeline, plan, instruments);
        _isMember = new double[plan.Instances.Count];
        foreach (var strategy in units.Members.SelectMany(m => m)) _isMember[strategy] = 1;
        Weights = new DecidedWeights(units, decisions) { HoldsAll = plan.Spec.Portfolio.Policy is not null };
    }

    public DecidedWeights Weights { get; }

    /// <summary>The row whose weights are decided next; the number of rows at the end.</summary>
    public int Row { get; private set; }

    public PortfolioRun Run => _driver.Run;

    /// <summary>Opens a new account at a row, with its closes marked.</summary>
    public void Start(int row)
    {
        Weights.Clear();
        _driver = new PortfolioDriver(_plan, _isMember, _instruments, Weights);
        Row = row;
        _timeline.Replay(_timeline.BeginOf(row), _timeline.DecisionOf(row), _driver);
    }

    /// <summary>Decides the row's weights and goes on to the next row.</summary>
    public void Decide(ReadOnlySpan<double> weights)
    {
        Weights.Add(_timeline.TimeOf(Row), weights);
        _timeline.Replay(_timeline.DecisionOf(Row), _timeline.DecisionOf(Row + 1), _driver);
        Row++;
    }
}
