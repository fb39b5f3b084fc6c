using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>
/// One event of a strategy run: a kind, and the record of that kind. It is a value, so that a run that reports millions of events allocates
/// nothing.
/// </summary>
// The records have the same place, since an event has only one. It is read only as the record that was written.
[StructLayout(LayoutKind.Explicit)]
public readonly struct RunEvent
{
    private const int Record = 16;

    [FieldOffset(0)] private readonly RunEventKinds _kind;
    [FieldOffset(2)] private readonly ushort _symbol;
    [FieldOffset(4)] private readonly int _number;
    [FieldOffset(8)] private readonly long _time;
    [FieldOffset(Record)] private readonly Signal _signal;
    [FieldOffset(Record)] private readonly SignalEndedEvent _signalEnded;
    [FieldOffset(Record)] private readonly TradeFill _fill;
    [FieldOffset(Record)] private readonly Trade _trade;
    [FieldOffset(Record)] private readonly FinancingEvent _financing;
    [FieldOffset(Record)] private readonly SplitEvent _split;
    [FieldOffset(Record)] private readonly EntryEndedEvent _entryEnded;
    [FieldOffset(Record)] private readonly EntryCutEvent _entryCut;
    [FieldOffset(Record)] private readonly ExitingEvent _exiting;
    [FieldOffset(Record)] private readonly CashShortEvent _cashShort;
    [FieldOffset(Record)] private readonly Order _order;
    [FieldOffset(Record)] private readonly StopMovedEvent _stopMoved;
    [FieldOffset(Record)] private readonly LevelsEvent _levels;

    // The record is written by the constructor of its kind.
    private RunEvent(RunEventKinds kind, int symbol, int number, long time)
    {
        Unsafe.SkipInit(out this);
        (_kind, _symbol, _number, _time) = (kind, (ushort)symbol, number, time);
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

    public RunEventKinds Kind => _kind;

    /// <summary>The number of the signal and of the trade that it opened; 0 if the event has none.</summary>
    public int Number => _number;

    /// <summary>Open time, UTC ticks, of the bar at which it happened; of an order, at which the order was made.</summary>
    public long Time => _time;

    /// <summary>Index among the strategy's symbols; 0 if it has one.</summary>
    public int SymbolIndex => _symbol;

    /// <summary>The record of an event of this kind; the other properties of records likewise.</summary>
    /// <exception cref="InvalidOperationException">The event is of another kind.</exception>
    public Signal Signal => Is(RunEventKinds.Signal) ? _signal : throw Another(RunEventKinds.Signal);

    /// <inheritdoc cref="Signal"/>
    public SignalEndedEvent SignalEnded => Is(RunEventKinds.SignalEnded) ? _signalEnded : throw Another(RunEventKinds.SignalEnded);

    /// <inheritdoc cref="Signal"/>
    public TradeFill Fill => Is(RunEventKinds.Fill) ? _fill : throw Another(RunEventKinds.Fill);

    /// <summary>The record of a <see cref="RunEventKinds.Trade"/> or a <see cref="RunEventKinds.ClosedPart"/>.</summary>
    /// <exception cref="InvalidOperationException">The event is of another kind.</exception>
    public Trade Trade => IsTradeRow ? _trade : throw Another(RunEventKinds.Trade);

    /// <inheritdoc cref="Signal"/>
    public FinancingEvent Financing => Is(RunEventKinds.Financing) ? _financing : throw Another(RunEventKinds.Financing);

    /// <inheritdoc cref="Signal"/>
    public SplitEvent Split => Is(RunEventKinds.Split) ? _split : throw Another(RunEventKinds.Split);

    /// <inheritdoc cref="Signal"/>
    public EntryEndedEvent EntryEnded => Is(RunEventKinds.EntryEnded) ? _entryEnded : throw Another(RunEventKinds.EntryEnded);

    /// <inheritdoc cref="Signal"/>
    public EntryCutEvent EntryCut => Is(RunEventKinds.EntryCut) ? _entryCut : throw Another(RunEventKinds.EntryCut);

    /// <inheritdoc cref="Signal"/>
    public ExitingEvent Exiting => Is(RunEventKinds.Exiting) ? _exiting : throw Another(RunEventKinds.Exiting);

    /// <inheritdoc cref="Signal"/>
    public CashShortEvent CashShort => Is(RunEventKinds.CashShort) ? _cashShort : throw Another(RunEventKinds.CashShort);

    /// <inheritdoc cref="Signal"/>
    public Order Order => Is(RunEventKinds.Order) ? _order : throw Another(RunEventKinds.Order);

    /// <inheritdoc cref="Signal"/>
    public StopMovedEvent StopMoved => Is(RunEventKinds.StopMoved) ? _stopMoved : throw Another(RunEventKinds.StopMoved);

    /// <inheritdoc cref="Signal"/>
    public LevelsEvent Levels => Is(RunEventKinds.Levels) ? _levels : throw Another(RunEventKinds.Levels);

    private bool Is(RunEventKinds kind) => _kind == kind;

    private InvalidOperationException Another(RunEventKinds asked) => new($"the event is a {Kind}, not a {asked}");

    /// <summary>Whether it was made at a bar's close, when the strategy was called.</summary>
    public bool IsAtClose => Is(RunEventKinds.Exiting) || Is(RunEventKinds.Signal) && !_signal.AtFill;

    /// <summary>Whether it reports the state when the bars ended.</summary>
    public bool IsEndOfRun => Is(RunEventKinds.SignalEnded) && _signalEnded.End == SignalEnd.Unfilled
        || Is(RunEventKinds.Trade) && _trade.Reason == ExitReason.Open || Is(RunEventKinds.ClosedPart);

    /// <summary>Whether it is a row of the list of trades: a closed trade, or the closed or open part of an open one.</summary>
    public bool IsTradeRow => (_kind & (RunEventKinds.Trade | RunEventKinds.ClosedPart)) != 0;

    /// <summary>Whether it counts as a closed trade.</summary>
    public bool IsClosedTrade => IsTradeRow && _trade.Reason != ExitReason.Open;

    /// <summary>
    /// Returns the event with its number shifted, for consecutive runs of one strategy whose signals are numbered continuously.
    /// </summary>
    /// <param name="earlier">The number of signals of the earlier runs.</param>
    public RunEvent NumberedAfter(int earlier) => earlier == 0 ? this : _kind switch
    {
        RunEventKinds.Signal => Of(_signal with { Number = _number + earlier }, _symbol),
        RunEventKinds.SignalEnded => Of(_signalEnded with { Number = _number + earlier }, _symbol),
        RunEventKinds.Fill => Of(_fill with { Number = _number + earlier }, _symbol),
        RunEventKinds.Trade => Of(_trade with { Number = _number + earlier }),
        RunEventKinds.ClosedPart => OfPart(_trade with { Number = _number + earlier }),
        RunEventKinds.Financing => Of(_financing with { Number = _number + earlier }, _symbol),
        RunEventKinds.Split => Of(_split with { Number = _number + earlier }, _symbol),
        RunEventKinds.EntryEnded => Of(_entryEnded with { Number = _number + earlier }, _symbol),
        RunEventKinds.EntryCut => Of(_entryCut with { Number = _number + earlier }, _symbol),
        RunEventKinds.Exiting => Of(_exiting with { Number = _number + earlier }, _symbol),
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
