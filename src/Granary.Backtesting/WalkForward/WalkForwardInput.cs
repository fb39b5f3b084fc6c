using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.WalkForward;

/// <summary>The input of a walk-forward: the plan, the windows, and cached bars.</summary>
/// <param name="Markets">The markets by symbol.</param>
/// <exception cref="InputException">The record is too short for one window.</exception>
internal sealed record WalkForwardInput(BatchPlan Plan, WalkForwardSpec Spec, IReadOnlyDictionary<string, CachedSeries> Markets)
{
    public required int Threads { get; init; }

    /// <summary>
    /// Models that filter entries. They are trained walk-forward inside each in-sample range, and again on the complete range for the
    /// following out-of-sample range.
    /// </summary>
    public IReadOnlyList<LearningSpec> Learning { get; init; } = [];

    /// <summary>The windows over the batch's bars; bars that only serve as warm-up precede the first.</summary>
    public IReadOnlyList<WalkForwardWindow> Windows { get; } = WindowsOf(Plan, Spec, Markets.Values);

    /// <summary>The markets sorted by symbol.</summary>
    public IReadOnlyList<CachedSeries> OrderedMarkets { get; } =
        [.. Markets.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Value)];

    /// <summary>The searches of the plan with the objective of the walk-forward.</summary>
    public IReadOnlyList<ParameterSearchSpec> SearchSpecs { get; } = [.. Plan.Searches.Select(s => s.Spec with
    {
        Objectives = [Spec.Objective],
        MinTrades = Math.Max(s.Spec.MinTrades, Spec.MinTrades),
    })];

    /// <summary>Returns the groups of combinations from which one is selected, in the plan's order.</summary>
    public IReadOnlyList<ChoosingGroup> Groups() => ChoosingGroup.Of(Plan, Spec.Among);

    private static IReadOnlyList<WalkForwardWindow> WindowsOf(BatchPlan plan, WalkForwardSpec spec, IEnumerable<CachedSeries> markets)
    {
        var first = Math.Max(plan.Spec.Data.From ?? 0, markets.Min(m => m.Blocks[0].Time[0]));
        var end = plan.Spec.Data.Timeframe.CloseOf(markets.Max(m => m.Blocks[^1].Time[^1]));
        var bars = !spec.CountsBars ? []
            : markets.SelectMany(m => m.Blocks).SelectMany(b => b.Time.ToArray()).Where(t => t >= first).Distinct().Order().ToList();
        var windows = spec.Windows(first, end, bars);
        return windows.Count > 0 ? windows : throw (plan.Spec.WalkForward ?? plan.Spec.Data.Place).Fault(
            FormattableString.Invariant($"the record of {(end - first) / (double)TimeSpan.TicksPerDay:0} days has no room for ")
            + $"{spec.InSample} in sample and {spec.OutOfSample} out of sample; use shorter windows");
    }
}
