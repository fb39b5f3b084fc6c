using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>
/// Work that a joined feed does once for all its strategies: the factors of each symbol over its own bars (and over the closes of other
/// symbols for factors that compare with them), and the calendar and periods per year of the timeline.
/// </summary>
internal sealed class JoinedPipeline
{
    private readonly FeedPipeline[] _pipelines;
    private readonly int[][] _references;
    private readonly long _tracePeriod;
    private readonly SeenPrices?[] _seen;
    private long _lastTime = long.MinValue;

    /// <param name="series">In the order of the joined blocks' symbols; of one timeframe.</param>
    /// <param name="plans">One for each, complete: every run has added its factors.</param>
    /// <param name="tracePeriod">Ticks of the periods at whose ends the runs' equity is recorded; 0 = none.</param>
    /// <param name="from">UTC ticks; bars before it only warm up.</param>
    /// <exception cref="ArgumentException">A factor compares with a symbol that is not among them.</exception>
    public JoinedPipeline(IReadOnlyList<MarketSeries> series, IReadOnlyList<FactorPlan> plans, long tracePeriod = 0, long from = 0)
    {
        _tracePeriod = tracePeriod;
        Series = series;
        _pipelines = [.. series.Zip(plans, (s, p) => new FeedPipeline(s, p, tracePeriod, from))];
        _seen = [.. series.Select(s => SeenPrices.Of(s.Instrument))];
        _references = [.. _pipelines.Select(p => p.ReferenceSymbols.Select(Find).ToArray())];
        Clock = new FeedClock(series[0].Timeframe, from);
    }

    public IReadOnlyList<MarketSeries> Series { get; }

    /// <summary>The clock of the joined timeline.</summary>
    public FeedClock Clock { get; }

    /// <summary>The clock of one symbol's own bars.</summary>
    public FeedClock ClockOf(int symbol) => _pipelines[symbol].Clock;

    private int Find(string symbol)
    {
        for (var i = 0; i < Series.Count; i++)
            if (Series[i].Instrument.Symbol == symbol)
                return i;
        var near = Spelling.Nearest(symbol, Series.Select(s => s.Instrument.Symbol));
        throw new InputException($"a factor compares with '{symbol}', which is not among the "
            + $"symbols {string.Join(", ", Series.Select(s => s.Instrument.Symbol))}"
            + (near is null ? "; add it to the data" : $"; did you mean '{near}'?"));
    }

    /// <summary>Computes the data that runs share over the next stretch. Not thread-safe.</summary>
    public PreparedJoin Prepare(JoinedBlock block)
    {
        var symbols = new PreparedBlock?[_pipelines.Length];
        for (var s = 0; s < symbols.Length; s++)
        {
            if (block.Bars(s) is not { } bars) continue;
            Dictionary<string, double[]>? references = null;
            foreach (var other in _references[s])
                (references ??= new(StringComparer.Ordinal))[Series[other].Instrument.Symbol] = block.CloseOf(other, s, _seen[other]);
            symbols[s] = _pipelines[s].Prepare(bars, references);
        }
        var nothing = new double[block.Count];
        var calendar = new BlockCalendar(_tracePeriod);
        calendar.Read(new BarBlock(block.FirstRow, block.TimeColumn, nothing, nothing, nothing, nothing, nothing), _lastTime);
        _lastTime = block.TimeColumn[^1];
        Clock.Add(block.Time);
        return new PreparedJoin(block, symbols, calendar, nothing);
    }

    /// <summary>Returns a stretch that no run reads any more.</summary>
    public void Return(PreparedJoin join)
    {
        for (var s = 0; s < _pipelines.Length; s++)
            if (join.Symbol(s) is { } prepared)
                _pipelines[s].Return(prepared);
    }
}
