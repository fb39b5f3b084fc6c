using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>
/// Work that a feed does once for all its strategies: factors, calendar and periods per year. Blocks come in order. Any number of runs use
/// a prepared block before it is returned.
/// </summary>
internal sealed class FeedPipeline
{
    private readonly FactorPlan _plan;
    private readonly FactorComputer _computer;
    private readonly bool _readsItself;
    private readonly Stack<PreparedBlock> _spare = new();
    // The last returned block, if the next one may still extend it.
    private PreparedBlock? _open;
    private (long Time, double Close) _last = (long.MinValue, double.NaN);
    private int _capacity = 1;
    private readonly long _tracePeriod;
    // Null if strategies see the traded prices, and if the symbol is a plain one.
    private readonly SeenPrices? _seen;
    private readonly ListingSteps? _steps;

    /// <param name="plan">Complete: every run of the feed has added its factors.</param>
    /// <param name="tracePeriod">Ticks of the periods at whose ends the runs' equity is recorded; 0 = none.</param>
    /// <param name="from">UTC ticks; bars before it only warm up.</param>
    public FeedPipeline(MarketSeries series, FactorPlan plan, long tracePeriod = 0, long from = 0)
    {
        _tracePeriod = tracePeriod;
        Series = series;
        _plan = plan;
        _computer = new FactorComputer(plan, series);
        _readsItself = _computer.ReferenceSymbols.Contains(series.Instrument.Symbol);
        Clock = new FeedClock(series.Timeframe, from);
        _seen = SeenPrices.Of(series.Instrument);
        if (ListingCursor.IsNeeded(series.Instrument)) _steps = new ListingSteps(series);
    }

    public MarketSeries Series { get; }

    /// <summary>Counts the feed's bars and estimates how many a year has.</summary>
    public FeedClock Clock { get; }

    public IEnumerable<string> ReferenceSymbols => _computer.ReferenceSymbols;

    /// <summary>Computes the data that runs share over the next block. Not thread-safe.</summary>
    public PreparedBlock Prepare(BarBlock block, IReadOnlyDictionary<string, double[]>? references = null)
    {
        _capacity = Math.Max(_capacity, block.Count);
        var prepared = Spare(block) ?? new PreparedBlock(_plan, _capacity, _tracePeriod);
        var seen = _seen is null ? block : _seen.Of(block);
        prepared.Take(block, seen, _last, _steps?.In(block));
        _last = (block.TimeColumn[block.Count - 1], block.CloseColumn[block.Count - 1]);
        Clock.Add(block.Time);
        // A symbol that is compared with itself needs no other bars.
        if (_readsItself && references?.ContainsKey(Series.Instrument.Symbol) is not true)
            references = new Dictionary<string, double[]>(references ?? new Dictionary<string, double[]>(),
                StringComparer.Ordinal)
            { [Series.Instrument.Symbol] = seen.CloseColumn };
        _computer.Compute(seen, prepared.Sheet, references);
        return prepared;
    }

    private PreparedBlock? Spare(BarBlock block)
    {
        lock (_spare)
        {
            if (_open is { } open && open.CanTake(block))
            {
                _open = null;
                return open;
            }
            while (_spare.TryPop(out var spare))
                if (spare.Capacity >= block.Count)
                    return spare;
            return null;
        }
    }

    /// <summary>Returns a block that no run reads any more; call it in the order of preparation.</summary>
    public void Return(PreparedBlock block)
    {
        lock (_spare)
        {
            // Runs mark the bars of an open block when they reach a later block. So the previous open block can be reused only now.
            if (_open is not null) _spare.Push(_open);
            _open = block.IsOpen ? block : null;
            if (_open is null) _spare.Push(block);
        }
    }
}
