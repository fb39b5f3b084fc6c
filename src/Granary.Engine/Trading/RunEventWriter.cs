using System.Runtime.InteropServices;
using Granary.Engine.Factors;

namespace Granary.Engine.Trading;

/// <summary>Encodes the events of a run for a log, in chunks of a few kilobytes.</summary>
internal sealed class RunEventWriter(int strategy, IEventSink sink, bool withFactors) : IRunListener
{
    private const int Chunk = 4096;
    private byte[] _buffer = [];
    private int _length;
    private EventTally _tally;
    private double[] _factors = [];

    /// <summary>
    /// Returns the factors of a symbol, by its index among the strategy's symbols; their values are written beside its signals. Set before
    /// the first block.
    /// </summary>
    public Func<int, IFactorReader>? Factors { get; set; }

    public RunEventKinds Kinds => RunEventKinds.Logged;

    /// <summary>Writes an event that a log keeps, and ignores others.</summary>
    public void On(in RunEvent e)
    {
        if ((e.Kind & RunEventKinds.Logged) == 0) return;
        var factors = withFactors && e.Kind == RunEventKinds.Signal ? ReadFactors(e.SymbolIndex) : [];
        Reserve(EventEncoding.MostLength + factors.Length * sizeof(double));
        _tally = _tally.With(e);
        _length += EventEncoding.Write(e, factors.Length, _buffer.AsSpan(_length));
        MemoryMarshal.AsBytes(factors).CopyTo(_buffer.AsSpan(_length));
        _length += factors.Length * sizeof(double);
    }

    private ReadOnlySpan<double> ReadFactors(int symbol)
    {
        if (Factors?.Invoke(symbol) is not { } factors) return [];
        var count = factors.FactorNames.Count;
        if (_factors.Length < count) _factors = new double[count];
        factors.ReadFactors(_factors.AsSpan(0, count));
        return _factors.AsSpan(0, count);
    }

    private void Reserve(int bytes)
    {
        if (_length + bytes <= _buffer.Length) return;
        Flush();
        // A strategy that never trades never has a buffer; one with few trades has a small one.
        var size = Math.Max(bytes, _buffer.Length == 0 ? 1024 : Chunk);
        if (_buffer.Length < size) _buffer = new byte[size];
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
