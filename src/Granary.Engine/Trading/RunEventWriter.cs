using System.Runtime.InteropServices;
using Granary.Engine.Factors;

namespace Granary.Engine.Trading;

/// <summary>Writes what a run does as <see cref="RunEvent"/>s, in chunks of a few kilobytes.</summary>
public sealed class RunEventWriter(int strategy, IEventSink sink, bool withFactors) : IRunObserver
{
    private const int Chunk = 4096;
    private byte[] _buffer = [];
    private int _length;
    private EventTally _tally;
    private double[] _factors = [];

    /// <summary>The run whose factors are written beside its signals; set before its first block.</summary>
    public IFactorReader? Run { get; set; }

    /// <summary>An observer for one symbol of a strategy that trades several; its events go into the same log.</summary>
    public SymbolObserver ForSymbol(int symbol) => new(this, symbol);

    public void OnSignal(in Signal signal) => Signal(signal, 0, Run);

    public void OnSignalEnded(int number, SignalEnd end, long time) => Write(RunEvent.Of(new SignalEndedEvent(number, end, time)));

    public void OnFill(in TradeFill fill) => Write(RunEvent.Of(fill));

    public void OnEntryEnded(int number, long time) => Write(RunEvent.EntryEnded(number, time));

    public void OnExiting(int number, long time) => Write(RunEvent.Exiting(number, time));

    public void OnCashShort(long time) => Write(RunEvent.CashShort(time));

    public void OnEntryCut(int number, long time, double rest) => Write(RunEvent.Of(new EntryCutEvent(number, time, rest)));

    public void OnFinancing(int number, long time, FinancingKind kind, double amount) =>
        Write(RunEvent.Of(new FinancingEvent(number, time, kind, amount)));

    public void OnSplit(int number, long time, long exDate, double ratio) =>
        Write(RunEvent.Of(new SplitEvent(number, time, exDate, ratio)));

    public void OnClosedPart(in Trade part) => Write(RunEvent.OfPart(part));

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

        public void OnFill(in TradeFill fill) => _writer.Write(RunEvent.Of(fill, _symbol));

        public void OnEntryEnded(int number, long time) => _writer.OnEntryEnded(number, time);

        public void OnExiting(int number, long time) => _writer.OnExiting(number, time);

        public void OnCashShort(long time) => _writer.OnCashShort(time);

        public void OnEntryCut(int number, long time, double rest) => _writer.OnEntryCut(number, time, rest);

        public void OnFinancing(int number, long time, FinancingKind kind, double amount) =>
            _writer.OnFinancing(number, time, kind, amount);

        public void OnSplit(int number, long time, long exDate, double ratio) => _writer.OnSplit(number, time, exDate, ratio);

        public void OnClosedPart(in Trade part) => _writer.Write(RunEvent.OfPart(part, _symbol));

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
        _tally = _tally.With(e);
        MemoryMarshal.Write(_buffer.AsSpan(_length), in e);
        MemoryMarshal.AsBytes(factors).CopyTo(_buffer.AsSpan(_length + RunEvent.Length));
        _length += bytes;
    }

    private void Flush()
    {
        if (_length == 0) return;
        sink.Append(strategy, _tally.Chunks, _buffer.AsSpan(0, _length));
        _tally = _tally with { Chunks = _tally.Chunks + 1 };
        _length = 0;
    }

    /// <summary>Writes the buffered events and the end; call it once, when the run is finished.</summary>
    public void End()
    {
        Flush();
        sink.End(strategy, _tally);
    }
}
