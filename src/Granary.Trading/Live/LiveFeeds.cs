using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>The feeds of a session's plan with their strategies, which run over the bars before the portfolio decides.</summary>
internal sealed class LiveFeeds
{
    private readonly BatchSpec _spec;
    private readonly IReadOnlyList<MarketSeries> _carried;
    private readonly LiveFeedRuns[] _feeds;
    private readonly FeedPlan[] _plans;
    // By market; null if no strategy depends on the order of prices within bars.
    private readonly IntrabarPath?[] _paths;
    private readonly List<(int Symbol, Bar Bar)> _ofFeed = [];
    // The number of time slices that were run ahead, and of those that the session has reached.
    private int _ahead, _come;

    /// <param name="carried">The markets of the feed, one for each symbol.</param>
    /// <param name="notes">Receives the notes for the reader of the run.</param>
    public LiveFeeds(StrategyPass pass, IReadOnlyList<MarketSeries> carried, ICollection<string> notes)
    {
        (_spec, _carried) = (pass.Plan.Spec, carried);
        _plans = [.. pass.Plan.Feeds];
        _paths = new IntrabarPath?[carried.Count];
        var marketOf = carried.Select((s, i) => (s.Instrument.Symbol, i)).ToDictionary(x => x.Symbol, x => x.i, StringComparer.Ordinal);
        var settings = new LiveRunSettings(new FeedSettings(_spec.Execution.Settings, pass.Events, pass.WithFactors),
            MemberRuns.Resizes(_spec.Portfolio));
        _feeds = [.. _plans.Select(f => LiveFeedRuns.Of(f,
            s => WithPath(new MarketSeries(pass.Markets[s].Instrument, f.Timeframe), marketOf[s], notes), settings))];
    }

    /// <summary>All strategies, feed by feed.</summary>
    public IEnumerable<LiveStrategy> Strategies => _feeds.SelectMany(f => f.Strategies);

    // The feed's own bars show the order of prices within longer ones; they are added as they arrive.
    private MarketSeries WithPath(MarketSeries series, int market, ICollection<string> notes)
    {
        if (IntrabarPaths.TimeframeFor(_spec, series.Timeframe) is not { } smaller) return series;
        var carried = _carried[market].Timeframe;
        var helps = series.Timeframe.Ticks > carried.Ticks;
        if (smaller != carried)
            notes.Add($"the feed brings {series.Instrument.Symbol} in {carried} bars and not in "
                + $"the {smaller} ones of intrabarPath: where a {series.Timeframe} bar touches both stop and "
                + $"target, {(helps ? $"the {carried} bars decide" : "the rule of 'intrabar' decides")}");
        return helps ? series with { Path = _paths[market] ??= new IntrabarPath(carried) } : series;
    }

    /// <summary>
    /// Runs the strategies over coming time slices in blocks. Afterwards <see cref="Process"/> must be called with each of them and only
    /// returns the events of the block. Strategies do not depend on the account, so the result is the same, but faster.
    /// </summary>
    /// <exception cref="InvalidOperationException">Time slices of the last call have not been processed.</exception>
    public void RunAhead(IReadOnlyList<TimeSlice> slices)
    {
        if (_come < _ahead) throw new InvalidOperationException($"{_ahead - _come} time slices that were run ahead are not processed");
        var ofFeed = _feeds.Select(_ => new List<(int Slice, int Symbol, Bar Bar)>()).ToArray();
        for (var slice = 0; slice < slices.Count; slice++)
        {
            ExtendPaths(slices[slice]);
            for (var f = 0; f < _feeds.Length; f++)
                foreach (var (symbol, bar) in ClosingIn(f, slices[slice]))
                    ofFeed[f].Add((slice, symbol, bar));
        }
        for (var f = 0; f < _feeds.Length; f++) _feeds[f].RunAhead(ofFeed[f], slices.Count);
        (_ahead, _come) = (slices.Count, 0);
    }

    /// <summary>Processes a time slice. Afterwards <see cref="LiveStrategy.Events"/> of the strategies are those of this time
    /// slice.</summary>
    public void Process(in TimeSlice now)
    {
        if (_come < _ahead)
        {
            TakeAhead();
            return;
        }
        ExtendPaths(now);
        for (var f = 0; f < _feeds.Length; f++)
            if (ClosingIn(f, now) is { Count: > 0 } bars)
                _feeds[f].Process(bars);
    }

    // Takes the events of the next time slice that was run ahead.
    private void TakeAhead()
    {
        foreach (var feed in _feeds)
            foreach (var strategy in feed.Strategies)
                strategy.Ahead?.MoveTo(strategy.Events, _come);
        if (++_come < _ahead) return;
        foreach (var strategy in Strategies) strategy.Ahead = null;
    }

    private void ExtendPaths(in TimeSlice now)
    {
        foreach (var (market, timeframe, bar) in now.Bars)
            if (timeframe == _carried[market].Timeframe)
                _paths[market]?.Add(BarBlock.FromBars(0, [bar]));
    }

    // The closing bars of one feed, with the index of their symbol; valid until the next call.
    private List<(int Symbol, Bar Bar)> ClosingIn(int feed, in TimeSlice now)
    {
        var plan = _plans[feed];
        _ofFeed.Clear();
        foreach (var (market, timeframe, bar) in now.Bars)
        {
            if (timeframe != plan.Timeframe) continue;
            var symbol = _carried[market].Instrument.Symbol;
            for (var s = 0; s < plan.Symbols.Count; s++)
                if (plan.Symbols[s] == symbol)
                    _ofFeed.Add((s, bar));
        }
        return _ofFeed;
    }

    /// <summary>Ends the session, and returns each strategy's outcome by its index in the plan.</summary>
    /// <param name="hasStopped">Whether a symbol has stopped trading.</param>
    public IReadOnlyList<StrategyOutcome> Finish(Func<string, bool> hasStopped)
    {
        var outcomes = new List<StrategyOutcome>();
        for (var f = 0; f < _feeds.Length; f++)
            foreach (var strategy in _feeds[f].Strategies)
            {
                var result = Finish(strategy, hasStopped);
                outcomes.Add(StrategyOutcome.Of(strategy.Instance.Index, result, _feeds[f].Clock, _plans[f].Metrics, strategy.Error)
                    with
                { Trace = EquityTrace.Of(result?.Equity, _plans[f].TracePeriod) });
            }
        return [.. outcomes.OrderBy(o => o.Index)];
    }

    private static StrategyResult? Finish(LiveStrategy strategy, Func<string, bool> hasStopped)
    {
        if (strategy.Run is not { } run) return null;
        try
        {
            if (hasStopped(strategy.Instance.Symbols[0]))
            {
                (run as StrategyRun)?.EndData();
                (strategy.Member as StrategyRun)?.EndData();
            }
            var result = run.Finish();
            strategy.Log?.Flush();
            strategy.Member?.Finish();
            strategy.MemberLog?.Flush();
            return result;
        }
        catch (Exception e) when (e is not IOException)
        {
            strategy.Error = $"{e.GetType().Name}: {e.Message}";
            return null;
        }
    }
}
