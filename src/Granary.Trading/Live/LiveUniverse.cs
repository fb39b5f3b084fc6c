using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Trading.Live;

/// <summary>
/// The members of a session's universe. A ranking chooses them at the end of each period by the bars that the session has taken, its
/// journal's included. A restarted session and a backtest over the same bars therefore have the same members.
/// </summary>
internal sealed class LiveUniverse
{
    private readonly UniverseSpec _spec;
    private readonly Timeframe _timeframe;
    private readonly string[] _symbols;
    private readonly SymbolRank[] _ranks;
    // Of the instruments that are traded, by position in the order of symbols; null for symbols that are ranked only.
    private readonly Membership?[] _members;
    private readonly long[] _counts;
    private readonly Dictionary<string, int> _places;
    // The end of the period of the newest bar, and the close up to which bars were taken; UTC ticks.
    private long _period = -1, _taken = long.MinValue;

    private LiveUniverse(BatchSpec spec, UniverseSpec universe, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyList<MarketSeries> carried)
    {
        (_spec, _timeframe) = (universe, spec.Data.Timeframe);
        var series = carried
            .Where(s => s.Timeframe == _timeframe && spec.Data.Symbols.Contains(s.Instrument.Symbol, StringComparer.Ordinal))
            .OrderBy(s => s.Instrument.Symbol, StringComparer.Ordinal).ToList();
        _symbols = [.. series.Select(s => s.Instrument.Symbol)];
        _ranks = [.. series.Select(s => new SymbolRank(universe.Rule!,
            markets.GetValueOrDefault(s.Instrument.Symbol) is { } market ? new MarketSeries(market.Instrument, _timeframe) : s,
            spec.Catalogues.Factors))];
        _members = [.. _symbols.Select(s => markets.GetValueOrDefault(s)?.Instrument.Membership)];
        _counts = new long[_symbols.Length];
        _places = _symbols.Index().ToDictionary(s => s.Item, s => s.Index, StringComparer.Ordinal);
    }

    /// <summary>Returns the universe of a configuration; null if no ranking changes its members.</summary>
    /// <param name="carried">The markets of the feed, one for each symbol.</param>
    public static LiveUniverse? Of(StrategyPass pass, IReadOnlyList<MarketSeries> carried) =>
        pass.Plan.Spec.Universe is { Rule: not null } universe ? new LiveUniverse(pass.Plan.Spec, universe, pass.Markets, carried) : null;

    /// <summary>
    /// Takes the bars that close at one time, before the strategies process them. A time slice that was taken has no effect.
    /// </summary>
    public void Take(in TimeSlice now)
    {
        if (now.Time <= _taken) return;
        var taken = false;
        foreach (var (symbol, bar, timeframe) in now.Bars)
        {
            if (timeframe != _timeframe || !_places.TryGetValue(symbol, out var place)) continue;
            if (!taken && _period >= 0 && now.Time > _period) Choose();
            taken = true;
            _ranks[place].Next(BarBlock.FromBars(_counts[place]++, [bar]));
            _period = _ranks[place].Period;
        }
        if (!taken) return;
        _taken = now.Time;
        // All bars of a period whose end is the close of this one have come.
        if (now.Time == _period) Choose();
    }

    // Sets the members from the end of the period on. A symbol without a bar in the period is no member.
    private void Choose()
    {
        var ranks = new UniverseRanks(_spec.Rule!.Top);
        for (var i = 0; i < _ranks.Length; i++) ranks.Add(_period, _ranks[i].Period == _period ? _ranks[i].Score : double.NaN, i);
        var members = ranks.Until(_period).Single().Symbols.ToHashSet();
        for (var i = 0; i < _members.Length; i++) _members[i]?.Change(_period, members.Contains(i));
    }
}
