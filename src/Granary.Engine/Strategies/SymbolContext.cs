using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Strategies;

/// <summary>
/// One of several symbols in the current time slice: its last closed bar, its factors, and the orders that a strategy may make in it.
/// </summary>
/// <remarks>Where it has no bar now, prices and factors are those of its last one, and orders wait for its next. Before its first, prices
/// are NaN and orders are not taken. Equity and cash are the strategy's whole account's.</remarks>
public sealed class SymbolContext : StrategyContext, IFactorReader
{
    private static readonly BarBlock Nothing =
        BarBlock.FromBars(0, [new Bar(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN)]);

    private readonly StrategyBook _book;
    private readonly Factor[] _factors;
    private readonly Crossing[] _crossings;
    private readonly int[] _slots;
    private readonly double[][] _columns, _kept;
    private readonly double[] _signs;
    private readonly bool[] _warm;
    private readonly long[] _crossedAt;
    private readonly int[] _turns;
    private IEntryFilter? _filter;
    private int _cold;
    private string[]? _names;

    internal SymbolContext(int number, StrategyBook book, MarketSeries series, Strategy strategy, IReadOnlyList<int> slots)
        : base(book, series)
    {
        Number = number;
        _book = book;
        _factors = [.. strategy.Factors];
        _crossings = [.. strategy.Crossings];
        _slots = [.. slots];
        _kept = [.. _factors.Select(_ => new[] { double.NaN })];
        _columns = [.. _kept];
        _warm = new bool[_factors.Length];
        _cold = _factors.Length;
        _signs = new double[_crossings.Length];
        _turns = new int[_crossings.Length];
        _crossedAt = [.. _crossings.Select(_ => -1L)];
        Bind(Nothing);
    }

    /// <summary>Lets a model filter the entries in this symbol; before the first bar.</summary>
    internal void FilterEntries(IEntryModel model, FactorPlan plan) => _filter = model.Attach(Series, plan);

    /// <summary>Its place among the strategy's symbols, from 0.</summary>
    public int Number { get; }

    /// <summary>Its name in the batch.</summary>
    public string Symbol => Instrument.Symbol;

    /// <summary>Whether a bar of it has closed in this time slice.</summary>
    public bool HasBar { get; private set; }

    /// <summary>Whether it has had a bar, and every declared factor a value.</summary>
    public bool IsReady => _cold == 0 && _started;

    private bool _started;

    internal StrategyBook Book => _book;

    /// <summary>A declared factor's value over this symbol's own bars; NaN where it has none.</summary>
    public new double this[Factor factor] => _columns[factor.Ordinal][Index];

    /// <summary>
    /// +1 at the bar where the declared line has crossed above, −1 where it has crossed below, else 0; to be asked at each bar that it has.
    /// </summary>
    public int Crossed(Crossing crossing)
    {
        if (!IsReady) return 0;
        var at = crossing.Ordinal;
        // The same answer however often it is asked at one bar, and none where there is no bar.
        if (_crossedAt[at] != BarNumber)
        {
            _crossedAt[at] = BarNumber;
            _turns[at] = crossing.At(this, ref _signs[at]);
        }
        return HasBar ? _turns[at] : 0;
    }

    // The strategy is not asked at this bar.
    internal void FollowCrossings()
    {
        foreach (var crossing in _crossings) Crossed(crossing);
    }

    /// <summary>
    /// Orders what is missing for the net position to be worth so many percent of the account's equity (at the last close, in whole lots),
    /// at the market.
    /// </summary>
    /// <param name="percent">Negative is short.</param>
    /// <returns>None where nothing is missing.</returns>
    public OrderId OrderTargetPercent(double percent) => OrderTarget(percent / 100 * Equity / (Close * Instrument.Multiplier));

    /// <summary>
    /// Orders what is missing for the net position to be this quantity, at the market, nothing waiting taken into account.
    /// </summary>
    /// <param name="quantity">Base units; negative is short.</param>
    public OrderId OrderTarget(double quantity)
    {
        var missing = quantity - _book.NetQuantity;
        return double.IsNaN(missing) || missing == 0
            ? default
            : Submit(new OrderRequest(missing > 0 ? Side.Buy : Side.Sell, Math.Abs(missing)));
    }

    /// <summary>What the net position is worth at the last close; negative is short.</summary>
    public double PositionValue => _book.NetQuantity == 0 ? 0 : _book.NetQuantity * Close * Instrument.Multiplier;

    /// <summary>The declared factors, as a batch file writes them.</summary>
    public IReadOnlyList<string> FactorNames => _names ??= [.. _factors.Select(f => f.ToString())];

    /// <summary>Writes the values of all declared factors, in the order of their names.</summary>
    public void ReadFactors(Span<double> values)
    {
        for (var i = 0; i < _factors.Length; i++) values[i] = this[_factors[i]];
    }

    internal void NoBar(long time)
    {
        HasBar = false;
        _book.StaleAt = time;
        // A model judges a bar that closes now; where there is none it has no opinion.
        _book.EntryFilter = null;
    }

    // Goes to the next bar of the block; with the block's first bar, to the block.
    internal void MoveTo(int index, BarBlock block, FactorSheet sheet, BlockCalendar calendar)
    {
        if (index == 0)
        {
            for (var i = 0; i < _columns.Length; i++) _columns[i] = sheet[_slots[i]];
            _book.Bind(block, block, calendar, closeBefore: Close);
            _book.Begin(0);
            Bind(block);
            _filter?.Bind(block, sheet);
            if (!_started) _book.Open();
            _started = true;
        }
        Index = index;
        HasBar = true;
        _book.StaleAt = 0;
        _book.EntryFilter = _filter;
        if (_cold == 0) return;
        for (var i = 0; i < _columns.Length; i++)
            if (!_warm[i] && !double.IsNaN(_columns[i][index]))
            {
                _warm[i] = true;
                _cold--;
            }
    }

    // The block's columns are given back: keeps the last bar of it for as long as no other comes.
    internal void Leave(BarBlock block, BlockCalendar calendar)
    {
        _book.MarkAll();
        for (var i = 0; i < _columns.Length; i++)
        {
            _kept[i][0] = _columns[i][Index];
            _columns[i] = _kept[i];
        }
        var last = block.Count == 1 ? block : block.Slice(block.Count - 1, 1);
        Bind(last);
        _book.Bind(last, last, calendar, double.NaN);
        _book.Marked = 1;
        Index = 0;
    }
}
