using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>Reads the events of one chunk.</summary>
public ref struct RunEventReader(ReadOnlySpan<byte> chunk)
{
    private ReadOnlySpan<byte> _rest = chunk;

    /// <summary>Returns all events of a chunk, without the factor values of its signals.</summary>
    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public static List<RunEvent> ReadAll(ReadOnlySpan<byte> chunk)
    {
        var events = new List<RunEvent>(chunk.Length / RunEvent.Length);
        var reader = new RunEventReader(chunk);
        while (reader.Next(out var e, out _)) events.Add(e);
        return events;
    }

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
        if (_rest.Length < RunEvent.Length + tail)
            throw new InvalidDataException("the log of a strategy's events ends in the middle of one");
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
