using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>Reads the events of one chunk.</summary>
internal ref struct RunEventReader(ReadOnlySpan<byte> chunk)
{
    private ReadOnlySpan<byte> _rest = chunk;

    /// <summary>The number of bytes that are not read yet.</summary>
    public readonly int Rest => _rest.Length;

    /// <summary>Returns all events of a chunk, without the factor values of its signals.</summary>
    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public static List<RunEvent> ReadAll(ReadOnlySpan<byte> chunk)
    {
        var events = new List<RunEvent>();
        var reader = new RunEventReader(chunk);
        while (reader.Next(out var e)) events.Add(e);
        return events;
    }

    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public bool Next(out RunEvent e) => Next(out e, out ReadOnlySpan<byte> _);

    /// <param name="factors">The values that came with a signal; empty with other events.</param>
    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public bool Next(out RunEvent e, out double[] factors)
    {
        var found = Next(out e, out ReadOnlySpan<byte> values);
        // A copy, since doubles in a byte stream need not lie where the processor wants them.
        factors = values.Length == 0 ? [] : new double[values.Length / sizeof(double)];
        values.CopyTo(MemoryMarshal.AsBytes(factors.AsSpan()));
        return found;
    }

    private bool Next(out RunEvent e, out ReadOnlySpan<byte> factors)
    {
        if (_rest.Length == 0)
        {
            e = default;
            factors = default;
            return false;
        }
        EventEncoding.Read(_rest, out e, out var count, out var length);
        factors = _rest.Slice(length, count * sizeof(double));
        _rest = _rest[(length + factors.Length)..];
        return true;
    }
}
