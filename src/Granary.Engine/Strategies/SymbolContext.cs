using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Strategies;

/// <summary>
/// One of several symbols in the current time slice: its last closed bar, its factors, and the orders that a strategy may place in it.
/// </summary>
/// <remarks>
/// If the symbol has no bar in this time slice, prices and factors are those of its last bar, and orders wait for its next one. Before its
/// first bar, prices are NaN and orders are not accepted. Equity and cash belong to the strategy's whole account.
/// </remarks>
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

    /// <summary>Sets a model that filters the entries in this symbol; call it before the first bar.</summary>
    internal void FilterEntries(IEntryModel model, FactorPlan plan) => _book.FilterEntries(_filter = model.Attach(Series, plan));

    /// <summary>Its index among the strategy's symbols, from 0.</summary>
    public int Number { get; }

    /// <summary>Its name in the batch.</summary>
    public string Symbol => Instrument.Symbol;

    /// <summary>Whether a bar of the symbol has closed in this time slice.</summary>
    public bool HasBar { get; private set; }

    /// <summary>Whether the symbol has had a bar, and every declared factor a value.</summary>
    public bool IsReady => _cold == 0 && _started;

    /// <summary>
    /// Whether the symbol belongs to the universe at this close, so it may be entered; true if the run has no universe.
    /// </summary>
    public bool IsMember => _book.IsMember(Index);

    private bool _started;

    internal StrategyBook Book => _book;

    /// <summary>A declared factor's value over this symbol's own bars; NaN if it has none.</summary>
    public new double this[Factor factor] => _columns[factor.Ordinal][Index];

    /// <summary>
    /// +1 at the bar at which the declared line crosses above, −1 at which it crosses below, otherwise 0. Call it at each bar of the
    /// symbol.
    /// </summary>
    public int Crossed(Crossing crossing)
    {
        if (!IsReady) return 0;
        var at = crossing.Ordinal;
        // Repeated calls at one bar return the same value; without a bar the value is 0.
        if (_crossedAt[at] != BarNumber)
        {
            _crossedAt[at] = BarNumber;
            _turns[at] = crossing.At(this, ref _signs[at]);
        }
        return HasBar ? _turns[at] : 0;
    }

    // Updates the crossings at bars at which the strategy is not called.
    internal void FollowCrossings()
    {
        foreach (var crossing in _crossings) Crossed(crossing);
    }

    /// <summary>
    /// Places a market order that makes the net position worth this percentage of the account's equity, at the last close and in whole
    /// lots.
    /// </summary>
    /// <param name="percent">Negative is short.</param>
    /// <returns>None if the position already has this value.</returns>
    public OrderId OrderTargetPercent(double percent) => Order(Missing(percent, Equity));

    /// <summary>Places a market order that changes the net position to this quantity. Waiting orders are not taken into account.</summary>
    /// <param name="quantity">Base units; negative is short.</param>
    public OrderId OrderTarget(double quantity) => Order(MissingTo(quantity));

    /// <summary>Returns the quantity from the net position to this percentage of an equity, at the last close.</summary>
    internal double Missing(double percent, double equity) =>
        MissingTo(percent / 100 * equity / (TradedClose * Instrument.Multiplier * CurrencyRate));

    // The difference to the net position; 0 if only rounding makes it.
    private double MissingTo(double quantity)
    {
        var missing = quantity - _book.NetQuantity;
        return Math.Abs(missing) <= Math.Abs(_book.NetQuantity) * Tolerance.Quantity ? 0 : missing;
    }

    private OrderId Order(double missing) => double.IsNaN(missing) || missing == 0
        ? default
        : Submit(new OrderRequest(missing > 0 ? Side.Buy : Side.Sell, Math.Abs(missing)));

    /// <summary>Market value of the net position at the last close, account currency; negative if short.</summary>
    public double PositionValue =>
        _book.NetQuantity == 0 ? 0 : _book.NetQuantity * TradedClose * Instrument.Multiplier * CurrencyRate;

    /// <summary>The declared factors in the syntax of a batch file.</summary>
    public IReadOnlyList<string> FactorNames => _names ??= [.. _factors.Select(f => f.ToString())];

    /// <summary>Writes the values of all declared factors, in the order of their names.</summary>
    public void ReadFactors(Span<double> values)
    {
        for (var i = 0; i < _factors.Length; i++) values[i] = this[_factors[i]];
    }

    internal void NoBar(long time)
    {
        HasBar = false;
        _book.BeginSlice(time);
    }

    // Moves to the next bar of the block; at the block's first bar it binds the block.
    internal void MoveTo(int index, BarBlock block, BarBlock seen, FactorSheet sheet, BlockCalendar calendar)
    {
        if (index == 0)
        {
            for (var i = 0; i < _columns.Length; i++) _columns[i] = sheet[_slots[i]];
            _book.Bind(block, block, calendar, _started ? (Time.Ticks, _book.CloseAt(Index)) : (0, double.NaN));
            _book.Begin(0);
            Bind(seen);
            _filter?.Bind(seen, sheet);
            if (!_started) _book.Open();
            _started = true;
        }
        Index = index;
        HasBar = true;
        _book.BeginSlice();
        if (_cold > 0) SeeWarm();
    }

    // A new listing begins at the bar: its factors and crossings know nothing of the one before.
    internal void Restart()
    {
        _cold = _factors.Length;
        Array.Clear(_warm);
        Array.Clear(_signs);
        SeeWarm();
    }

    private void SeeWarm()
    {
        for (var i = 0; i < _columns.Length; i++)
            if (!_warm[i] && !double.IsNaN(_columns[i][Index]))
            {
                _warm[i] = true;
                _cold--;
            }
    }

    // The block's columns will be reused, so this copies its last bar until the next block comes.
    internal void Leave(BarBlock block, BarBlock seen, BlockCalendar calendar)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            _kept[i][0] = _columns[i][Index];
            _columns[i] = _kept[i];
        }
        var last = block.Count == 1 ? block : block.Slice(block.Count - 1, 1);
        Bind(ReferenceEquals(seen, block) ? last : seen.Count == 1 ? seen : seen.Slice(seen.Count - 1, 1));
        _book.Keep(last, calendar);
        Index = 0;
    }
}
