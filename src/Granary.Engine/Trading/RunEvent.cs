using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>
/// One event of a strategy run as it is stored between the run and the portfolio, in 104 bytes, little-endian. It is converted from and to
/// a typed event.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Length)]
public struct RunEvent
{
    public const int Length = 104;

    private RunEventKind _kind;
    private sbyte _side;
    private byte _reason;
    private byte _type;
    private int _number;
    private long _time, _otherTime, _signalTime;
    private double _price, _otherPrice, _quantity, _profit, _commission, _a, _b, _financing;
    private int _bars;
    private ushort _factors, _symbol;

    /// <param name="factors">How many factor values follow.</param>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    public static RunEvent Of(in Signal s, int factors, int symbol = 0) => new()
    {
        _kind = RunEventKind.Signal,
        _number = s.Number,
        _time = s.Time,
        _side = (sbyte)s.Side,
        _reason = s.AtFill ? (byte)1 : (byte)0,
        _type = (byte)s.Type,
        _otherTime = s.ValidUntil,
        _price = s.Price,
        _otherPrice = s.SizeFactor,
        _quantity = s.Quantity,
        _profit = s.Prediction,
        _commission = s.SizedOn,
        _bars = s.ModelVersion,
        _financing = s.Dissimilarity,
        _a = s.Stop,
        _b = s.Target,
        _factors = (ushort)factors,
        _symbol = (ushort)symbol,
    };

    /// <param name="symbol">Index among the strategy's symbols.</param>
    public static RunEvent Of(in TradeFill f, int symbol = 0) => new()
    {
        _kind = f.IsFirst ? RunEventKind.Entry : RunEventKind.Fill,
        _number = f.Number,
        _time = f.Time,
        _reason = (byte)((f.IsEntry ? 1 : 0) | (f.IsMaker ? 2 : 0)),
        _otherTime = f.Order.Value,
        _price = f.Price,
        _quantity = f.Quantity,
        _commission = f.Commission,
        _a = f.BarVolume,
        _symbol = (ushort)symbol,
    };

    /// <param name="symbol">Index among the strategy's symbols.</param>
    public static RunEvent Of(in Trade t, int symbol = 0) => new()
    {
        _kind = RunEventKind.Trade,
        _number = t.Number,
        _time = t.ExitTime,
        _side = (sbyte)t.Side,
        _reason = (byte)t.Reason,
        _otherTime = t.EntryTime,
        _signalTime = t.SignalTime,
        _price = t.ExitPrice,
        _otherPrice = t.EntryPrice,
        _quantity = t.Quantity,
        _profit = t.Profit,
        _commission = t.Commission,
        _a = t.AdverseExcursion,
        _b = t.FavourableExcursion,
        _financing = t.Financing,
        _bars = t.Bars,
        _symbol = (ushort)symbol,
    };

    /// <summary>Creates the event for the closed part of a trade that is open at the end.</summary>
    /// <param name="symbol">Index among the strategy's symbols.</param>
    public static RunEvent OfPart(in Trade t, int symbol = 0) => Of(t, symbol) with { _kind = RunEventKind.ClosedPart };

    public static RunEvent Of(in FinancingEvent e) =>
        new() { _kind = RunEventKind.Financing, _number = e.Number, _time = e.Time, _reason = (byte)e.Kind, _price = e.Amount };

    public static RunEvent Of(in SplitEvent e) =>
        new() { _kind = RunEventKind.Split, _number = e.Number, _time = e.Time, _otherTime = e.ExDate, _price = e.Ratio };

    public static RunEvent Of(in EntryCutEvent e) =>
        new() { _kind = RunEventKind.EntryCut, _number = e.Number, _time = e.Time, _quantity = e.Rest };

    public static RunEvent Of(in SignalEndedEvent e) =>
        new() { _kind = RunEventKind.SignalEnded, _number = e.Number, _time = e.Time, _reason = (byte)e.End };

    public static RunEvent EntryEnded(int number, long time) => new() { _kind = RunEventKind.EntryEnded, _number = number, _time = time };

    public static RunEvent Exiting(int number, long time) => new() { _kind = RunEventKind.Exiting, _number = number, _time = time };

    public static RunEvent CashShort(long time) => new() { _kind = RunEventKind.CashShort, _time = time };

    /// <summary>
    /// Returns the event with its number shifted, for consecutive runs of one strategy whose signals are numbered continuously.
    /// </summary>
    /// <param name="earlier">The number of signals of the earlier runs.</param>
    public readonly RunEvent NumberedAfter(int earlier) => this with { _number = _number + earlier };

    /// <summary>Whether another event is identical to the last bit.</summary>
    public readonly bool SameAs(in RunEvent other) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<RunEvent>(in this))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<RunEvent>(in other)));

    public readonly RunEventKind Kind => _kind;

    public readonly bool IsSignal => _kind == RunEventKind.Signal;

    /// <summary>Whether it was made at a bar's close, when the strategy was called.</summary>
    public readonly bool IsAtClose => _kind == RunEventKind.Exiting || _kind == RunEventKind.Signal && _reason == 0;

    /// <summary>Whether it reports the state when the bars ended.</summary>
    public readonly bool IsEndOfRun => _kind == RunEventKind.SignalEnded && (SignalEnd)_reason == SignalEnd.Unfilled
        || _kind == RunEventKind.Trade && (ExitReason)_reason == ExitReason.Open || _kind == RunEventKind.ClosedPart;

    /// <summary>Whether it is a row of the list of trades: a closed trade, or the closed or open part of an open one.</summary>
    public readonly bool IsTradeRow => _kind is RunEventKind.Trade or RunEventKind.ClosedPart;

    /// <summary>Whether it counts as a closed trade.</summary>
    public readonly bool IsClosedTrade => IsTradeRow && (ExitReason)_reason != ExitReason.Open;

    /// <summary>The number of the signal and of the trade that it opened.</summary>
    public readonly int Number => _number;

    /// <summary>Open time of the bar at which it happened, UTC ticks.</summary>
    public readonly long Time => _time;

    /// <summary>Index among the strategy's symbols; 0 if it has one.</summary>
    public readonly int SymbolIndex => _symbol;

    /// <summary>The number of factor values that follow a signal, eight bytes each.</summary>
    public readonly int FactorCount => _factors;

    public readonly Signal ToSignal() => new(_number, _time, (Side)_side, (OrderType)_type, _price, _quantity, _a, _b,
        _otherTime)
    {
        Prediction = _profit,
        SizeFactor = _otherPrice,
        SizedOn = _commission,
        AtFill = _reason != 0,
        ModelVersion = _bars,
        Dissimilarity = _financing,
    };

    public readonly Trade ToTrade() =>
        new(_number, (Side)_side, _quantity, _signalTime, _otherTime, _otherPrice, _time, _price, _profit, _commission, _bars,
        (ExitReason)_reason, _a, _b)
        { SymbolIndex = _symbol, Financing = _financing };

    public readonly TradeFill ToFill() => new(_number, _time, _price, _quantity, _commission, new OrderId(_otherTime), (_reason & 1) != 0,
        _kind == RunEventKind.Entry, (_reason & 2) != 0)
    { BarVolume = _a };

    public readonly FinancingEvent ToFinancing() => new(_number, _time, (FinancingKind)_reason, _price);

    public readonly SplitEvent ToSplit() => new(_number, _time, _otherTime, _price);

    public readonly EntryCutEvent ToEntryCut() => new(_number, _time, _quantity);

    public readonly SignalEndedEvent ToSignalEnded() => new(_number, (SignalEnd)_reason, _time);
}
