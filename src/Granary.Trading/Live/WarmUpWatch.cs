using Granary.Contracts.Sessions;
using Granary.Engine.Backtesting;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>Reports strategies of a session in warm-up, whose factors have had too few bars for signals.</summary>
/// <param name="feed">The feed of the session, as messages name it.</param>
internal sealed class WarmUpWatch(IReadOnlyList<LiveStrategy> strategies, string feed)
{
    // Strategies in warm-up, each with its slowest factor and the bars that it needs.
    private readonly Dictionary<IStrategyRun, (string Factor, int Bars)> _needed = [];
    private bool _isOver;

    /// <returns>Null if no strategy is in warm-up.</returns>
    public WarmUpProgress? Progress()
    {
        if (_isOver) return null;
        List<(LiveStrategy Strategy, IStrategyRun Run)> cold = [.. strategies.Where(s => s.Run is { IsWarm: false } run
            && run.Bars < Needed(run).Bars).Select(s => (s, s.Run!))];
        _isOver = cold.Count == 0;
        if (_isOver) return null;
        List<StrategyWarmUp> slowest = [.. cold.OrderByDescending(s => Needed(s.Run).Bars - s.Run.Bars)
            .Take(WarmUpProgress.MostNamed).Select(s => Of(s.Strategy, s.Run))];
        return new WarmUpProgress(cold.Count, slowest[0].Bars, slowest[0].Needed) { Feed = feed, Slowest = slowest };
    }

    private StrategyWarmUp Of(LiveStrategy strategy, IStrategyRun run) => new(strategy.Instance.Id,
        $"{string.Join('+', strategy.Instance.Symbols)} {strategy.Instance.Timeframe}", Needed(run).Factor, run.Bars, Needed(run).Bars);

    private (string Factor, int Bars) Needed(IStrategyRun run)
    {
        if (!_needed.TryGetValue(run, out var needed)) _needed.Add(run, needed = run.WarmUp);
        return needed;
    }

    /// <summary>Returns the note for a session that starts to trade while strategies are in warm-up.</summary>
    /// <param name="all">The number of strategies in the session.</param>
    public static string Note(WarmUpProgress cold, int all) => FormattableString.Invariant(
        $"{Counted.Of(cold.Strategies, all, "strategy")} had too few earlier bars: {cold.Slowest[0].Strategy} has {cold.Bars} of the ")
        + FormattableString.Invariant($"{cold.Needed} bars of {cold.Slowest[0].Market} that {cold.Slowest[0].Factor} needs, and ")
        + "makes no signals before its factors have values; --warm-up names a source of earlier bars";
}
