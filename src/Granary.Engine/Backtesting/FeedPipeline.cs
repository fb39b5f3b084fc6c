using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Backtesting;

/// <summary>A block with all that its feed's strategies share over it.</summary>
public sealed class PreparedBlock
{
    internal PreparedBlock(FactorPlan plan, int capacity, long tracePeriod)
    {
        Calendar = new BlockCalendar(tracePeriod);
        Sheet = new FactorSheet(plan, capacity);
        Capacity = capacity;
    }

    internal int Capacity { get; }

    public BarBlock Block { get; internal set; } = null!;

    public FactorSheet Sheet { get; }

    public BlockCalendar Calendar { get; }
}

/// <summary>
/// What a feed does once for all its strategies, wherever they run: factors, calendar and the measure of a year.
/// Blocks come in order; a prepared block is used by any number of runs and then given back.
/// </summary>
public sealed class FeedPipeline
{
    private readonly FactorPlan _plan;
    private readonly FactorComputer _computer;
    private readonly bool _readsItself;
    private readonly Stack<PreparedBlock> _spare = new();
    private long _lastTime = long.MinValue;
    private int _capacity = 1;
    private readonly long _tracePeriod;

    /// <param name="plan">Complete: every run of the feed has added its factors.</param>
    /// <param name="tracePeriod">Ticks of the periods at whose ends the runs' equity is kept; 0 = none.</param>
    /// <param name="from">UTC ticks; bars before it only warm up.</param>
    public FeedPipeline(MarketSeries series, FactorPlan plan, long tracePeriod = 0, long from = 0)
    {
        _tracePeriod = tracePeriod;
        Series = series;
        _plan = plan;
        _computer = new FactorComputer(plan, series);
        _readsItself = _computer.ReferenceSymbols.Contains(series.Instrument.Symbol);
        Clock = new FeedClock(series.Timeframe, from);
    }

    public MarketSeries Series { get; }

    /// <summary>Bars so far, and how many of them a year has.</summary>
    public FeedClock Clock { get; }

    public IEnumerable<string> ReferenceSymbols => _computer.ReferenceSymbols;

    /// <summary>Computes what the runs share over the next block. Not to be called by two threads at once.</summary>
    public PreparedBlock Prepare(BarBlock block, IReadOnlyDictionary<string, double[]>? references = null)
    {
        PreparedBlock? prepared = null;
        lock (_spare)
        {
            while (prepared is null && _spare.TryPop(out var spare))
                if (spare.Capacity >= block.Count)
                    prepared = spare;
        }
        _capacity = Math.Max(_capacity, block.Count);
        prepared ??= new PreparedBlock(_plan, _capacity, _tracePeriod);
        prepared.Block = block;
        prepared.Calendar.Read(block, _lastTime);
        _lastTime = block.TimeColumn[block.Count - 1];
        Clock.Add(block.Time);
        // Compared with itself, a symbol needs no other bars.
        if (_readsItself && references?.ContainsKey(Series.Instrument.Symbol) is not true)
            references = new Dictionary<string, double[]>(references ?? new Dictionary<string, double[]>(),
                StringComparer.Ordinal)
            { [Series.Instrument.Symbol] = block.CloseColumn };
        _computer.Compute(block, prepared.Sheet, references);
        return prepared;
    }

    /// <summary>Takes back a block that no run reads any more.</summary>
    public void Return(PreparedBlock block)
    {
        lock (_spare) _spare.Push(block);
    }
}
