using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>One event of a strategy run as it is kept between the run and the portfolio: a fixed 104 bytes, little-endian.</summary>
/// <remarks>Which fields mean what depends on the kind; the properties read them.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Length)]
public readonly struct RunEvent
{
    public const int Length = 104;

    private readonly RunEventKind _kind;
    private readonly sbyte _side;
    private readonly byte _reason;
    private readonly byte _type;
    private readonly int _number;
    private readonly long _time, _otherTime, _signalTime;
    private readonly double _price, _otherPrice, _quantity, _profit, _commission, _a, _b, _financing;
    private readonly int _bars;
    private readonly ushort _factors, _symbol;

    private RunEvent(RunEventKind kind, int number, long time, Side side = 0, byte reason = 0, byte type = 0, long otherTime = 0,
        long signalTime = 0,
        double price = 0, double otherPrice = 0, double quantity = 0, double profit = 0, double commission = 0, double a = 0, double b = 0,
        double financing = 0, int bars = 0, int factors = 0, int symbol = 0)
    {
        _kind = kind;
        _number = number;
        _time = time;
        _side = (sbyte)side;
        _reason = reason;
        _type = type;
        _otherTime = otherTime;
        _signalTime = signalTime;
        _price = price;
        _otherPrice = otherPrice;
        _quantity = quantity;
        _profit = profit;
        _commission = commission;
        _a = a;
        _b = b;
        _financing = financing;
        _bars = bars;
        _factors = (ushort)factors;
        _symbol = (ushort)symbol;
    }

    public static RunEvent Of(in Signal s, int factors, int symbol = 0) =>
        new(RunEventKind.Signal, s.Number, s.Time, s.Side, reason: s.AtFill ? (byte)1 : (byte)0, type: (byte)s.Type,
        otherTime: s.ValidUntil, price: s.Price, otherPrice: s.SizeFactor, quantity: s.Quantity, profit: s.Prediction,
        commission: s.SizedOn, a: s.Stop, b: s.Target, factors: factors, symbol: symbol);

    public static RunEvent Ended(int number, SignalEnd end, long time) => new(RunEventKind.SignalEnded, number, time, reason: (byte)end);

    public static RunEvent Of(in TradeFill f, int symbol = 0) => new(f.IsFirst ? RunEventKind.Entry : RunEventKind.Fill, f.Number, f.Time,
        reason: (byte)((f.IsEntry ? 1 : 0) | (f.IsMaker ? 2 : 0)), otherTime: f.Order.Value, price: f.Price, quantity: f.Quantity,
        commission: f.Commission, a: f.BarVolume, symbol: symbol);

    public static RunEvent Of(int number, long time, FinancingKind kind, double amount) =>
        new(RunEventKind.Financing, number, time, reason: (byte)kind, price: amount);

    public static RunEvent Split(int number, long time, long exDate, double ratio) =>
        new(RunEventKind.Split, number, time, otherTime: exDate, price: ratio);

    public static RunEvent EntryEnded(int number, long time) => new(RunEventKind.EntryEnded, number, time);

    public static RunEvent Of(in Trade t, int symbol = 0) =>
        new(RunEventKind.Trade, t.Number, t.ExitTime, t.Side, reason: (byte)t.Reason, otherTime: t.EntryTime,
        signalTime: t.SignalTime, price: t.ExitPrice, otherPrice: t.EntryPrice, quantity: t.Quantity, profit: t.Profit,
        commission: t.Commission, a: t.AdverseExcursion, b: t.FavourableExcursion, financing: t.Financing, bars: t.Bars, symbol: symbol);

    public static RunEvent Exiting(int number, long time) => new(RunEventKind.Exiting, number, time);

    public static RunEvent EntryCut(int number, long time, double rest) => new(RunEventKind.EntryCut, number, time, quantity: rest);

    public static RunEvent CashShort(long time) => new(RunEventKind.CashShort, 0, time);

    /// <summary>The same event in a row of runs of one strategy, whose signals are numbered on.</summary>
    /// <param name="earlier">Signals of the runs before.</param>
    public RunEvent NumberedAfter(int earlier) => earlier == 0 ? this
        : new(_kind, _number + earlier, _time, (Side)_side, _reason, _type, _otherTime, _signalTime, _price, _otherPrice, _quantity,
            _profit, _commission, _a, _b, _financing, _bars, _factors, _symbol);

    /// <summary>Whether another event is the same to the last bit.</summary>
    public bool SameAs(in RunEvent other) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<RunEvent>(in this))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<RunEvent>(in other)));

    public RunEventKind Kind => _kind;

    public bool IsSignal => _kind == RunEventKind.Signal;

    /// <summary>It was made at a bar's close, when the strategy was asked.</summary>
    public bool IsAtClose => _kind == RunEventKind.Exiting || _kind == RunEventKind.Signal && _reason == 0;

    /// <summary>It says how things stood when the bars ended.</summary>
    public bool IsEndOfRun => _kind == RunEventKind.SignalEnded && End == SignalEnd.Unfilled
        || _kind == RunEventKind.Trade && (ExitReason)_reason == ExitReason.Open;

    /// <summary>Of the signal and of the trade that it opened.</summary>
    public int Number => _number;

    /// <summary>Open time of the bar at which it happened, UTC ticks.</summary>
    public long Time => _time;

    public double Price => _price;

    public double Quantity => _quantity;

    public double Commission => _commission;

    /// <summary>Which of the strategy's symbols; 0 for a strategy of one.</summary>
    public int SymbolIndex => _symbol;

    public SignalEnd End => (SignalEnd)_reason;

    /// <summary>How many factor values follow a signal, eight bytes each.</summary>
    public int FactorCount => _factors;

    public Signal ToSignal() => new(_number, _time, (Side)_side, (OrderType)_type, _price, _quantity, _a, _b,
        _otherTime)
    { Prediction = _profit, SizeFactor = _otherPrice, SizedOn = _commission, AtFill = _reason != 0 };

    public Trade ToTrade() =>
        new(_number, (Side)_side, _quantity, _signalTime, _otherTime, _otherPrice, _time, _price, _profit, _commission, _bars,
        (ExitReason)_reason, _a, _b)
        { SymbolIndex = _symbol, Financing = _financing };

    public TradeFill ToFill() => new(_number, _time, _price, _quantity, _commission, new OrderId(_otherTime), (_reason & 1) != 0,
        _kind == RunEventKind.Entry, (_reason & 2) != 0)
    { BarVolume = _a };

    public FinancingKind FinancingKind => (FinancingKind)_reason;

    /// <summary>Of a split, UTC ticks.</summary>
    public long ExDate => _otherTime;
}
