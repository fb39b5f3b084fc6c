using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>
/// One event of a strategy run: a kind, and the record of that kind. It is a value, so a run that reports millions of events allocates
/// nothing.
/// </summary>
// The records have the same place, since an event has only one. It is read only as the record that was written.
[StructLayout(LayoutKind.Explicit)]
internal readonly struct RunEvent
{
    private const int RecordOffset = 16;

    // The number of the kind's bit, which fits a byte.
    [FieldOffset(0)] private readonly byte _kind;
    [FieldOffset(2)] private readonly ushort _symbol;
    [FieldOffset(4)] private readonly int _number;
    [FieldOffset(8)] private readonly long _time;
    [FieldOffset(RecordOffset)] private readonly Signal _signal;
    [FieldOffset(RecordOffset)] private readonly SignalEndedEvent _signalEnded;
    [FieldOffset(RecordOffset)] private readonly TradeFill _fill;
    [FieldOffset(RecordOffset)] private readonly Trade _trade;
    [FieldOffset(RecordOffset)] private readonly FinancingEvent _financing;
    [FieldOffset(RecordOffset)] private readonly SplitEvent _split;
    [FieldOffset(RecordOffset)] private readonly EntryEndedEvent _entryEnded;
    [FieldOffset(RecordOffset)] private readonly EntryCutEvent _entryCut;
    [FieldOffset(RecordOffset)] private readonly ExitingEvent _exiting;
    [FieldOffset(RecordOffset)] private readonly CashShortEvent _cashShort;
    [FieldOffset(RecordOffset)] private readonly Order _order;
    [FieldOffset(RecordOffset)] private readonly StopMovedEvent _stopMoved;
    [FieldOffset(RecordOffset)] private readonly LevelsEvent _levels;
    [FieldOffset(RecordOffset)] private readonly ExitRefusedEvent _exitRefused;
    [FieldOffset(RecordOffset)] private readonly RollEvent _roll;

    // The record is written by the constructor of its kind.
    private RunEvent(RunEventKinds kind, int symbol, int number, long time)
    {
        Unsafe.SkipInit(out this);
        (_kind, _symbol, _number, _time) = ((byte)BitOperations.TrailingZeroCount((uint)kind), (ushort)symbol, number, time);
    }

    private RunEvent(RunEventKinds kind, in Trade trade) : this(kind, trade.SymbolIndex, trade.Number, trade.ExitTime) => _trade = trade;

    private RunEvent(in Signal signal, int symbol) : this(RunEventKinds.Signal, symbol, signal.Number, signal.Time) => _signal = signal;

    private RunEvent(in TradeFill fill, int symbol) : this(RunEventKinds.Fill, symbol, fill.Number, fill.Time) => _fill = fill;

    private RunEvent(in Order order, int symbol) : this(RunEventKinds.Order, symbol, order.TradeNumber, order.CreatedAt) => _order = order;

    private RunEvent(in SignalEndedEvent e, int symbol) : this(RunEventKinds.SignalEnded, symbol, e.Number, e.Time) => _signalEnded = e;

    private RunEvent(in FinancingEvent e, int symbol) : this(RunEventKinds.Financing, symbol, e.Number, e.Time) => _financing = e;

    private RunEvent(in SplitEvent e, int symbol) : this(RunEventKinds.Split, symbol, e.Number, e.Time) => _split = e;

    private RunEvent(in EntryEndedEvent e, int symbol) : this(RunEventKinds.EntryEnded, symbol, e.Number, e.Time) => _entryEnded = e;

    private RunEvent(in EntryCutEvent e, int symbol) : this(RunEventKinds.EntryCut, symbol, e.Number, e.Time) => _entryCut = e;

    private RunEvent(in ExitingEvent e, int symbol) : this(RunEventKinds.Exiting, symbol, e.Number, e.Time) => _exiting = e;

    private RunEvent(in CashShortEvent e, int symbol) : this(RunEventKinds.CashShort, symbol, 0, e.Time) => _cashShort = e;

    private RunEvent(in StopMovedEvent e, int symbol) : this(RunEventKinds.StopMoved, symbol, e.Number, e.Time) => _stopMoved = e;

    private RunEvent(in LevelsEvent e, int symbol) : this(RunEventKinds.Levels, symbol, e.Number, e.Time) => _levels = e;

    private RunEvent(in ExitRefusedEvent e, int symbol) : this(RunEventKinds.ExitRefused, symbol, e.Number, e.Time) => _exitRefused = e;

    private RunEvent(in RollEvent e, int symbol) : this(RunEventKinds.Roll, symbol, e.Number, e.Time) => _roll = e;

    /// <param name="symbol">Index among the strategy's symbols.</param>
    public static RunEvent Of(in Signal signal, int symbol = 0) => new(signal, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in SignalEndedEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in TradeFill fill, int symbol = 0) => new(fill, symbol);

    /// <summary>Makes the event of a trade that has ended, or is open at the end.</summary>
    public static RunEvent Of(in Trade trade) => new(RunEventKinds.Trade, trade);

    /// <summary>Makes the event of the closed part of a trade that is open at the end.</summary>
    public static RunEvent OfPart(in Trade part) => new(RunEventKinds.ClosedPart, part);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in FinancingEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in SplitEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in EntryEndedEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in EntryCutEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in ExitingEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in CashShortEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in Order order, int symbol = 0) => new(order, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in StopMovedEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in LevelsEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in ExitRefusedEvent e, int symbol = 0) => new(e, symbol);

    /// <inheritdoc cref="Of(in Signal, int)"/>
    public static RunEvent Of(in RollEvent e, int symbol = 0) => new(e, symbol);

    public RunEventKinds Kind => (RunEventKinds)(1u << _kind);

    /// <summary>The number of the signal and of the trade that it opened; 0 if the event has none.</summary>
    public int Number => _number;

    /// <summary>Open time, UTC ticks, of the bar at which it happened; of an order, at which the order was made.</summary>
    public long Time => _time;

    /// <summary>Index among the strategy's symbols; 0 if it has one.</summary>
    public int SymbolIndex => _symbol;

    /// <summary>The record of an event of this kind; the other properties of records likewise.</summary>
    /// <exception cref="InvalidOperationException">The event is of a different kind.</exception>
    [UnscopedRef]
    public ref readonly Signal Signal => ref Record(RunEventKinds.Signal, in _signal);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly SignalEndedEvent SignalEnded => ref Record(RunEventKinds.SignalEnded, in _signalEnded);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly TradeFill Fill => ref Record(RunEventKinds.Fill, in _fill);

    /// <summary>The record of a <see cref="RunEventKinds.Trade"/> or a <see cref="RunEventKinds.ClosedPart"/>.</summary>
    /// <exception cref="InvalidOperationException">The event is of a different kind.</exception>
    [UnscopedRef]
    public ref readonly Trade Trade => ref Record(RunEventKinds.Trade | RunEventKinds.ClosedPart, in _trade);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly FinancingEvent Financing => ref Record(RunEventKinds.Financing, in _financing);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly SplitEvent Split => ref Record(RunEventKinds.Split, in _split);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly EntryEndedEvent EntryEnded => ref Record(RunEventKinds.EntryEnded, in _entryEnded);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly EntryCutEvent EntryCut => ref Record(RunEventKinds.EntryCut, in _entryCut);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly ExitingEvent Exiting => ref Record(RunEventKinds.Exiting, in _exiting);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly CashShortEvent CashShort => ref Record(RunEventKinds.CashShort, in _cashShort);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly Order Order => ref Record(RunEventKinds.Order, in _order);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly StopMovedEvent StopMoved => ref Record(RunEventKinds.StopMoved, in _stopMoved);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly LevelsEvent Levels => ref Record(RunEventKinds.Levels, in _levels);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly ExitRefusedEvent ExitRefused => ref Record(RunEventKinds.ExitRefused, in _exitRefused);

    /// <inheritdoc cref="Signal"/>
    [UnscopedRef]
    public ref readonly RollEvent Roll => ref Record(RunEventKinds.Roll, in _roll);

    [UnscopedRef]
    private ref readonly T Record<T>(RunEventKinds kinds, [UnscopedRef] in T record) where T : struct
    {
        if ((Kind & kinds) == 0) Refuse(kinds);
        return ref record;
    }

    private void Refuse(RunEventKinds asked) => throw new InvalidOperationException($"the event is of the kind {Kind}, not {asked}");

    private bool Is(RunEventKinds kind) => Kind == kind;

    /// <summary>Whether it was made at a bar's close, when the strategy was called.</summary>
    public bool IsAtClose => Is(RunEventKinds.Exiting) || Is(RunEventKinds.StopMoved) || Is(RunEventKinds.Signal) && !_signal.AtFill;

    /// <summary>Whether it reports the state when the bars ended.</summary>
    public bool IsEndOfRun => Is(RunEventKinds.SignalEnded) && _signalEnded.End == SignalEnd.Unfilled
        || Is(RunEventKinds.Trade) && _trade.Reason == ExitReason.Open || Is(RunEventKinds.ClosedPart);

    /// <summary>Whether it is a row of the list of trades: a closed trade, or the closed or open part of an open one.</summary>
    public bool IsTradeRow => (Kind & (RunEventKinds.Trade | RunEventKinds.ClosedPart)) != 0;

    /// <summary>Whether it counts as a closed trade.</summary>
    public bool IsClosedTrade => IsTradeRow && _trade.Reason != ExitReason.Open;

    /// <summary>
    /// Returns the event with its number shifted, for consecutive runs of one strategy whose signals are numbered continuously.
    /// </summary>
    /// <param name="earlier">The number of signals of the earlier runs.</param>
    // An event that belongs to no trade keeps the number 0.
    public RunEvent NumberedAfter(int earlier) => earlier == 0 || Kind == RunEventKinds.Financing && _number == 0 ? this : Kind switch
    {
        RunEventKinds.Signal => Of(_signal with
        {
            Number = _number + earlier,
            AddsTo = _signal.AddsTo == 0 ? 0 : _signal.AddsTo + earlier,
        }, _symbol),
        RunEventKinds.SignalEnded => Of(_signalEnded with { Number = _number + earlier }, _symbol),
        RunEventKinds.Fill => Of(_fill with { Number = _number + earlier }, _symbol),
        RunEventKinds.Trade => Of(_trade with { Number = _number + earlier }),
        RunEventKinds.ClosedPart => OfPart(_trade with { Number = _number + earlier }),
        RunEventKinds.Financing => Of(_financing with { Number = _number + earlier }, _symbol),
        RunEventKinds.Split => Of(_split with { Number = _number + earlier }, _symbol),
        RunEventKinds.EntryEnded => Of(_entryEnded with { Number = _number + earlier }, _symbol),
        RunEventKinds.EntryCut => Of(_entryCut with { Number = _number + earlier }, _symbol),
        RunEventKinds.Exiting => Of(_exiting with { Number = _number + earlier }, _symbol),
        RunEventKinds.StopMoved => Of(_stopMoved with { Number = _number + earlier }, _symbol),
        RunEventKinds.Roll => Of(_roll with { Number = _number + earlier }, _symbol),
        RunEventKinds.CashShort => this,
        _ => throw new InvalidOperationException($"a log keeps no {Kind}"),
    };

    /// <summary>Whether another event of a log is identical to the last bit.</summary>
    public bool SameAs(in RunEvent other)
    {
        Span<byte> own = stackalloc byte[EventEncoding.MostLength], their = stackalloc byte[EventEncoding.MostLength];
        return own[..EventEncoding.Write(this, 0, own)].SequenceEqual(their[..EventEncoding.Write(other, 0, their)]);
    }
}
