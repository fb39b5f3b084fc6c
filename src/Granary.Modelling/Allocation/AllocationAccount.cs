using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Account of the portfolio over a <see cref="PortfolioTimeline"/>, with weights decided row by row. It runs the backtest's own
/// <see cref="PortfolioDriver"/>, so the same limits, sizes and costs apply.
/// </summary>
internal sealed class AllocationAccount
{
    private readonly PortfolioTimeline _timeline;
    private readonly BatchPlan _plan;
    private readonly IReadOnlyList<Instrument> _instruments;
    private readonly double[] _isMember;
    private PortfolioDriver _driver = null!;

    /// <param name="units">Units that can get weights.</param>
    /// <param name="decisions">Maximum number of decisions between two calls of <see cref="Start"/>.</param>
    public AllocationAccount(PortfolioTimeline timeline, BatchPlan plan, IReadOnlyList<Instrument> instruments,
        AllocationUnits units, int decisions)
    {
        (_timeline, _plan, _instruments) = (timeline, plan, instruments);
        _isMember = new double[plan.Instances.Count];
        foreach (var strategy in units.Members.SelectMany(m => m)) _isMember[strategy] = 1;
        Weights = new DecidedWeights(units, decisions) { HoldsAll = plan.Spec.Portfolio.Policy is not null };
    }

    public DecidedWeights Weights { get; }

    /// <summary>The next row to decide; equal to the number of rows at the end.</summary>
    public int Row { get; private set; }

    public PortfolioRun Run => _driver.Run;

    /// <summary>Opens a new account at a row and marks the row's closes.</summary>
    public void Start(int row)
    {
        Weights.Clear();
        _driver = new PortfolioDriver(_plan, _isMember, _instruments, Weights, paths: _timeline.Paths);
        Row = row;
        _timeline.Replay(_timeline.BeginOf(row), _timeline.DecisionOf(row), _driver);
    }

    /// <summary>Sets the weights of the current row and advances to the next row.</summary>
    public void Decide(ReadOnlySpan<double> weights)
    {
        Weights.Add(_timeline.TimeOf(Row), weights);
        _timeline.Replay(_timeline.DecisionOf(Row), _timeline.DecisionOf(Row + 1), _driver);
        Row++;
    }
}
