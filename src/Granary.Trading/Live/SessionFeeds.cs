using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>The feeds of a session's plan with their strategies, which run over the bars before the portfolio decides.</summary>
internal sealed class SessionFeeds
{
    private readonly BatchSpec _spec;
    private readonly SessionFeed[] _feeds;
    // Of the symbols with strategies that depend on the order of prices within bars.
    private readonly Dictionary<string, IntrabarPath> _paths = new(StringComparer.Ordinal);
    private readonly LiveUniverse? _universe;
    // The number of time slices that were run ahead, and of those that the session has reached.
    private int _ahead, _come;

    /// <param name="carried">The markets of the feed, one for each symbol.</param>
    /// <param name="notes">Receives the notes for the reader of the run.</param>
    public SessionFeeds(StrategyPass pass, IReadOnlyList<MarketSeries> carried, ICollection<string> notes)
    {
        _spec = pass.Plan.Spec;
        _universe = LiveUniverse.Of(pass, carried);
        var timeframeOf = carried.ToDictionary(s => s.Instrument.Symbol, s => s.Timeframe, StringComparer.Ordinal);
        var settings = new FeedSettings(_spec.Execution.Settings, pass.Events, pass.WithFactors)
        {
            MemberEvents = pass.MemberEvents,
        };
        _feeds = [.. pass.Plan.Feeds.Select(f => new SessionFeed(f,
            [.. f.Symbols.Select(s => WithPath(new MarketSeries(pass.Markets[s].Instrument, f.Timeframe), timeframeOf[s], notes))],
            settings, MemberRuns.Resizes(_spec.Portfolio)))];
    }

    /// <summary>All strategies, feed by feed.</summary>
    public IEnumerable<LiveStrategy> Strategies => _feeds.SelectMany(f => f.Strategies);

    // The feed's own bars show the order of prices within longer ones; they are added as they arrive.
    private MarketSeries WithPath(MarketSeries series, Timeframe carried, ICollection<string> notes)
    {
        if (IntrabarPaths.TimeframeFor(_spec, series.Timeframe) is not { } smaller) return series;
        var helps = series.Timeframe.Ticks > carried.Ticks;
        if (smaller != carried)
            notes.Add($"the feed brings {series.Instrument.Symbol} in {carried} bars and not in "
                + $"the {smaller} ones of intrabarPath: where a {series.Timeframe} bar touches both stop and "
                + $"target, {(helps ? $"the {carried} bars decide" : "the rule of 'intrabar' decides")}");
        if (!helps) return series;
        if (!_paths.TryGetValue(series.Instrument.Symbol, out var path))
            _paths.Add(series.Instrument.Symbol, path = new IntrabarPath(carried));
        return series with { Path = path };
    }

    /// <summary>Returns the smaller bars within those of a symbol at a timeframe; null if there are none.</summary>
    public IntrabarPath? PathOf(string symbol, Timeframe timeframe) =>
        IntrabarPaths.TimeframeFor(_spec, timeframe) is null ? null
            : _paths.TryGetValue(symbol, out var path) && timeframe.Ticks > path.Timeframe.Ticks ? path : null;

    /// <summary>
    /// Runs the strategies over coming time slices in blocks. Afterwards <see cref="Process"/> must be called with each of them and only
    /// returns the events of the block. Strategies do not depend on the account, so the result is the same, but faster.
    /// </summary>
    /// <exception cref="InvalidOperationException">Time slices of the last call have not been processed.</exception>
    public void RunAhead(IReadOnlyList<TimeSlice> slices)
    {
        if (_come < _ahead) throw new InvalidOperationException($"{_ahead - _come} time slices that were run ahead are not processed");
        foreach (var slice in slices)
        {
            ExtendPaths(slice);
            _universe?.Take(slice);
        }
        foreach (var feed in _feeds) feed.RunAhead(slices);
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
        Reach(now);
        foreach (var feed in _feeds) feed.Process(now);
    }

    /// <summary>Decides on the members of the universe by a time slice, which strategies then process.</summary>
    public void Reach(in TimeSlice now) => _universe?.Take(now);

    // Takes the events of the next time slice that was run ahead.
    private void TakeAhead()
    {
        foreach (var strategy in Strategies) strategy.Ahead?.MoveTo(strategy.Events, _come);
        if (++_come < _ahead) return;
        foreach (var strategy in Strategies) strategy.Ahead = null;
    }

    private void ExtendPaths(in TimeSlice now)
    {
        if (_paths.Count == 0) return;
        foreach (var (symbol, bar, timeframe) in now.Bars)
            if (timeframe == _spec.Data.Timeframe && _paths.TryGetValue(symbol, out var path))
                path.Add(BarBlock.FromBars(0, [bar]));
    }

    /// <summary>Ends the session, and returns each strategy's outcome by its index in the plan.</summary>
    /// <param name="hasStopped">Whether a symbol has stopped trading.</param>
    public IReadOnlyList<StrategyOutcome> Finish(Func<string, bool> hasStopped) =>
        [.. _feeds.SelectMany(f => f.Finish(hasStopped)).OrderBy(o => o.Index)];
}
