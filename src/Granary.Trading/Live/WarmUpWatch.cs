using Granary.Contracts.Sessions;
using Granary.Engine.Backtesting;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>Says which strategies of a session make no signals yet, since their factors have had too few bars.</summary>
internal sealed class WarmUpWatch(IReadOnlyList<LiveStrategy> strategies)
{
    // Bars that the factors of strategies need which have had too few.
    private readonly Dictionary<IStrategyRun, int> _needed = [];
    private bool _isOver;

    /// <returns>null once all have had enough.</returns>
    public WarmUpStanding? Standing()
    {
        if (_isOver) return null;
        var cold = strategies.Select(s => s.Run).OfType<IStrategyRun>().Where(r => !r.IsWarm && r.Bars < Needed(r)).ToList();
        _isOver = cold.Count == 0;
        if (_isOver) return null;
        var slowest = cold.MaxBy(r => Needed(r) - r.Bars)!;
        return new WarmUpStanding(cold.Count, slowest.Bars, Needed(slowest));
    }

    private int Needed(IStrategyRun run)
    {
        if (!_needed.TryGetValue(run, out var bars)) _needed.Add(run, bars = run.NeededBars);
        return bars;
    }

    /// <summary>The note of a session that begins to trade before all are warm.</summary>
    /// <param name="all">Strategies of the session.</param>
    public static string Note(WarmUpStanding cold, int all) => FormattableString.Invariant(
        $"{Counted.Of(cold.Strategies, all, "strategy")} had too few earlier bars: the slowest has {cold.Bars} of {cold.Needed} bars, and ")
        + "makes no signals before its factors have values; --warm-up names a source of earlier bars";
}
