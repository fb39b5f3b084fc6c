using Granary.Contracts.Sessions;
using Granary.Engine.Backtesting;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>Reports strategies of a session in warm-up, whose factors have had too few bars for signals.</summary>
internal sealed class WarmUpWatch(IReadOnlyList<LiveStrategy> strategies)
{
    // The number of bars that strategies in warm-up still need.
    private readonly Dictionary<IStrategyRun, int> _needed = [];
    private bool _isOver;

    /// <returns>Null if no strategy is in warm-up.</returns>
    public WarmUpProgress? Progress()
    {
        if (_isOver) return null;
        var cold = strategies.Select(s => s.Run).OfType<IStrategyRun>().Where(r => !r.IsWarm && r.Bars < Needed(r)).ToList();
        _isOver = cold.Count == 0;
        if (_isOver) return null;
        var slowest = cold.MaxBy(r => Needed(r) - r.Bars)!;
        return new WarmUpProgress(cold.Count, slowest.Bars, Needed(slowest));
    }

    private int Needed(IStrategyRun run)
    {
        if (!_needed.TryGetValue(run, out var bars)) _needed.Add(run, bars = run.NeededBars);
        return bars;
    }

    /// <summary>Returns the note for a session that starts to trade while strategies are in warm-up.</summary>
    /// <param name="all">The number of strategies in the session.</param>
    public static string Note(WarmUpProgress cold, int all) => FormattableString.Invariant(
        $"{Counted.Of(cold.Strategies, all, "strategy")} had too few earlier bars: the slowest has {cold.Bars} of {cold.Needed} bars, and ")
        + "makes no signals before its factors have values; --warm-up names a source of earlier bars";
}
