using System.Runtime.InteropServices;
using Granary.Engine.Trading;

namespace Granary.Engine.Backtesting;

public enum RunEventKind : byte
{
    Signal = 1,
    SignalEnded = 2,
    Entry = 3,
    Trade = 4,
    /// <summary>A fill beyond a trade's first.</summary>
    Fill = 5,
    Carry = 6,
    Split = 7,
    /// <summary>The rest of an entry will not come.</summary>
    EntryEnded = 8,
    /// <summary>An exit at the market was sent before the next signal: its proceeds can pay for that.</summary>
    Exiting = 9,
    /// <summary>The strategy's own account could not pay for an entry, or for a part of it.</summary>
    CashShort = 10,
    /// <summary>What was still to come of an entry was made smaller.</summary>
    EntryCut = 11,
}

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
    private readonly double _price, _otherPrice, _quantity, _profit, _commission, _a, _b, _carry;
    private readonly int _bars;
    private readonly ushort _factors, _symbol;

    private RunEvent(RunEventKind kind, int number, long time, Side side = 0, byte reason = 0, byte type = 0, long otherTime = 0, long signalTime = 0,
        double price = 0, double otherPrice = 0, double quantity = 0, double profit = 0, double commission = 0, double a = 0, double b = 0, double carry = 0, int bars = 0, int factors = 0, int symbol = 0)
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
        _carry = carry;
        _bars = bars;
        _factors = (ushort)factors;
        _symbol = (ushort)symbol;
    }

    public static RunEvent Of(in Signal s, int factors, int symbol = 0) => new(RunEventKind.Signal, s.Number, s.Time, s.Side, reason: s.AtFill ? (byte)1 : (byte)0, type: (byte)s.Type,
        otherTime: s.ValidUntil, price: s.Price, otherPrice: s.SizeFactor, quantity: s.Quantity, profit: s.Prediction, commission: s.SizedOn, a: s.Stop, b: s.Target, factors: factors, symbol: symbol);

    public static RunEvent Ended(int number, SignalEnd end, long time) => new(RunEventKind.SignalEnded, number, time, reason: (byte)end);

    public static RunEvent Of(in TradeFill f, int symbol = 0) => new(f.IsFirst ? RunEventKind.Entry : RunEventKind.Fill, f.Number, f.Time,
        reason: (byte)((f.IsEntry ? 1 : 0) | (f.IsMaker ? 2 : 0)), otherTime: f.Order.Value, price: f.Price, quantity: f.Quantity, commission: f.Commission, a: f.BarVolume, symbol: symbol);

    public static RunEvent Of(int number, long time, CarryKind kind, double amount) => new(RunEventKind.Carry, number, time, reason: (byte)kind, price: amount);

    public static RunEvent Split(int number, long time, long exDate, double ratio) => new(RunEventKind.Split, number, time, otherTime: exDate, price: ratio);

    public static RunEvent EntryEnded(int number, long time) => new(RunEventKind.EntryEnded, number, time);

    public static RunEvent Of(in Trade t, int symbol = 0) => new(RunEventKind.Trade, t.Number, t.ExitTime, t.Side, reason: (byte)t.Reason, otherTime: t.EntryTime,
        signalTime: t.SignalTime, price: t.ExitPrice, otherPrice: t.EntryPrice, quantity: t.Quantity, profit: t.Profit, commission: t.Commission,
        a: t.AdverseExcursion, b: t.FavourableExcursion, carry: t.Carry, bars: t.Bars, symbol: symbol);

    public static RunEvent Exiting(int number, long time) => new(RunEventKind.Exiting, number, time);

    public static RunEvent EntryCut(int number, long time, double rest) => new(RunEventKind.EntryCut, number, time, quantity: rest);

    public static RunEvent CashShort(long time) => new(RunEventKind.CashShort, 0, time);

    /// <summary>Whether another event is the same to the last bit.</summary>
    public bool SameAs(in RunEvent other) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<RunEvent>(in this)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<RunEvent>(in other)));

    public RunEventKind Kind => _kind;

    public bool IsSignal => _kind == RunEventKind.Signal;

    /// <summary>It was made at a bar's close, when the strategy was asked.</summary>
    public bool IsAtClose => _kind == RunEventKind.Exiting || _kind == RunEventKind.Signal && _reason == 0;

    /// <summary>It says how things stood when the bars ended.</summary>
    public bool IsEndOfRun => _kind == RunEventKind.SignalEnded && End == SignalEnd.Unfilled || _kind == RunEventKind.Trade && (ExitReason)_reason == ExitReason.Open;

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

    public Signal ToSignal() => new(_number, _time, (Side)_side, (OrderType)_type, _price, _quantity, _a, _b, _otherTime) { Prediction = _profit, SizeFactor = _otherPrice, SizedOn = _commission, AtFill = _reason != 0 };

    public Trade ToTrade() => new(_number, (Side)_side, _quantity, _signalTime, _otherTime, _otherPrice, _time, _price, _profit, _commission, _bars,
        (ExitReason)_reason, _a, _b) { SymbolIndex = _symbol, Carry = _carry };

    public TradeFill ToFill() => new(_number, _time, _price, _quantity, _commission, new OrderId(_otherTime), (_reason & 1) != 0, _kind == RunEventKind.Entry, (_reason & 2) != 0) { BarVolume = _a };

    public CarryKind CarryKind => (CarryKind)_reason;

    /// <summary>Of a split, UTC ticks.</summary>
    public long ExDate => _otherTime;
}

/// <summary>Takes the events of strategy runs in chunks: a file, a stream, a grain's buffer.</summary>
public interface IEventSink
{
    /// <summary>The next whole events of one strategy, in order. Called by several threads, for one strategy by one at a time.</summary>
    /// <param name="chunk">0, 1, 2 … for each strategy. Where chunks are cut depends on the events alone, so that chunk n of a replayed run is the same bytes again.</param>
    void Append(int strategy, int chunk, ReadOnlySpan<byte> events);

    /// <summary>Takes the events of the runs that a portfolio follows, where it follows other runs than the strategies' own; null where it does not keep them.</summary>
    IEventSink? Members => null;
}

/// <summary>Writes what a run does as <see cref="RunEvent"/>s, in chunks of a few kilobytes.</summary>
public sealed class RunEventWriter(int strategy, IEventSink sink, bool withFactors) : IRunObserver
{
    private const int Chunk = 4096;
    private byte[] _buffer = [];
    private int _length, _chunks;
    private double[] _factors = [];

    /// <summary>The run whose factors are written beside its signals; set before its first block.</summary>
    public IFactorReader? Run { get; set; }

    /// <summary>An observer for one symbol of a strategy that trades several; its events go into the same log.</summary>
    public SymbolObserver ForSymbol(int symbol) => new(this, symbol);

    public void OnSignal(in Signal signal) => Signal(signal, 0, Run);

    public void OnSignalEnded(int number, SignalEnd end, long time) => Write(RunEvent.Ended(number, end, time));

    public void OnEntry(int number, long time, double price, double quantity, double commission) =>
        OnFill(new TradeFill(number, time, price, quantity, commission, default, IsEntry: true, IsFirst: true, IsMaker: false));

    public void OnFill(in TradeFill fill) => Write(RunEvent.Of(fill));

    public void OnEntryEnded(int number, long time) => Write(RunEvent.EntryEnded(number, time));

    public void OnExiting(int number, long time) => Write(RunEvent.Exiting(number, time));

    public void OnCashShort(long time) => Write(RunEvent.CashShort(time));

    public void OnEntryCut(int number, long time, double rest) => Write(RunEvent.EntryCut(number, time, rest));

    public void OnCarry(int number, long time, CarryKind kind, double amount) => Write(RunEvent.Of(number, time, kind, amount));

    public void OnSplit(int number, long time, long exDate, double ratio) => Write(RunEvent.Split(number, time, exDate, ratio));

    public void OnTrade(in Trade trade) => Write(RunEvent.Of(trade));

    private void Signal(in Signal signal, int symbol, IFactorReader? run)
    {
        var count = 0;
        if (withFactors && run is not null)
        {
            count = run.FactorNames.Count;
            if (_factors.Length < count) _factors = new double[count];
            run.ReadFactors(_factors.AsSpan(0, count));
        }
        Write(RunEvent.Of(signal, count, symbol), _factors.AsSpan(0, count));
    }

    /// <summary>Tells the writer which symbol an event is of.</summary>
    public sealed class SymbolObserver : IRunObserver
    {
        private readonly RunEventWriter _writer;
        private readonly int _symbol;

        internal SymbolObserver(RunEventWriter writer, int symbol)
        {
            _writer = writer;
            _symbol = symbol;
        }

        /// <summary>The symbol's factors; set before the first block.</summary>
        public IFactorReader? Run { get; set; }

        public void OnSignal(in Signal signal) => _writer.Signal(signal, _symbol, Run);

        public void OnSignalEnded(int number, SignalEnd end, long time) => _writer.OnSignalEnded(number, end, time);

        public void OnEntry(int number, long time, double price, double quantity, double commission) =>
            OnFill(new TradeFill(number, time, price, quantity, commission, default, IsEntry: true, IsFirst: true, IsMaker: false));

        public void OnFill(in TradeFill fill) => _writer.Write(RunEvent.Of(fill, _symbol));

        public void OnEntryEnded(int number, long time) => _writer.OnEntryEnded(number, time);

        public void OnExiting(int number, long time) => _writer.OnExiting(number, time);

        public void OnCashShort(long time) => _writer.OnCashShort(time);

        public void OnEntryCut(int number, long time, double rest) => _writer.OnEntryCut(number, time, rest);

        public void OnCarry(int number, long time, CarryKind kind, double amount) => _writer.OnCarry(number, time, kind, amount);

        public void OnSplit(int number, long time, long exDate, double ratio) => _writer.OnSplit(number, time, exDate, ratio);

        public void OnTrade(in Trade trade) => _writer.Write(RunEvent.Of(trade, _symbol));
    }

    private void Write(in RunEvent e, ReadOnlySpan<double> factors = default)
    {
        var bytes = RunEvent.Length + factors.Length * sizeof(double);
        if (_length + bytes > _buffer.Length)
        {
            Flush();
            // A strategy that never trades never has a buffer; one with few trades has a small one.
            var size = _buffer.Length == 0 ? Math.Max(bytes, 1024) : Math.Max(bytes, Chunk);
            if (_buffer.Length < size) _buffer = new byte[size];
        }
        MemoryMarshal.Write(_buffer.AsSpan(_length), in e);
        MemoryMarshal.AsBytes(factors).CopyTo(_buffer.AsSpan(_length + RunEvent.Length));
        _length += bytes;
    }

    /// <summary>Hands on what has gathered; to be called once more when the run is finished.</summary>
    public void Flush()
    {
        if (_length > 0) sink.Append(strategy, _chunks++, _buffer.AsSpan(0, _length));
        _length = 0;
    }
}

/// <summary>Reads the events of one chunk.</summary>
public ref struct RunEventReader(ReadOnlySpan<byte> chunk)
{
    private ReadOnlySpan<byte> _rest = chunk;

    /// <param name="factors">The values that came with a signal; empty with other events.</param>
    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public bool Next(out RunEvent e, out ReadOnlySpan<double> factors)
    {
        e = default;
        factors = default;
        if (_rest.Length == 0) return false;
        if (_rest.Length < RunEvent.Length) throw new InvalidDataException("the log of a strategy's events ends in the middle of one");
        e = MemoryMarshal.Read<RunEvent>(_rest);
        var tail = e.FactorCount * sizeof(double);
        if (_rest.Length < RunEvent.Length + tail) throw new InvalidDataException("the log of a strategy's events ends in the middle of one");
        // A copy, since doubles in a byte stream need not lie where the processor wants them.
        if (tail > 0)
        {
            var values = new double[e.FactorCount];
            _rest.Slice(RunEvent.Length, tail).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            factors = values;
        }
        _rest = _rest[(RunEvent.Length + tail)..];
        return true;
    }
}
