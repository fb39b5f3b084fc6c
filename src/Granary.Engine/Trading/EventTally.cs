using System.Runtime.InteropServices;

namespace Granary.Engine.Trading;

/// <summary>Numbers of the events of one strategy run, and of the chunks that contain them.</summary>
/// <param name="Fills">First and later fills of trades.</param>
/// <param name="Trades">Closed trades, as <see cref="RunEvent.IsClosedTrade"/> counts them.</param>
public readonly record struct EventTally(int Chunks, int Signals, int Fills, int Trades)
{
    /// <summary>Returns the numbers after one more event.</summary>
    public EventTally With(in RunEvent e) => e.Kind switch
    {
        RunEventKind.Signal => this with { Signals = Signals + 1 },
        RunEventKind.Entry or RunEventKind.Fill => this with { Fills = Fills + 1 },
        RunEventKind.Trade or RunEventKind.ClosedPart when e.IsClosedTrade => this with { Trades = Trades + 1 },
        _ => this,
    };

    /// <summary>Returns the numbers after one more chunk.</summary>
    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public EventTally With(ReadOnlySpan<byte> chunk)
    {
        var tally = this with { Chunks = Chunks + 1 };
        while (chunk.Length > 0)
        {
            if (chunk.Length < RunEvent.Length) throw new InvalidDataException("a chunk of a strategy's events ends in the middle of one");
            ref readonly var e = ref MemoryMarshal.AsRef<RunEvent>(chunk);
            var length = RunEvent.Length + e.FactorCount * sizeof(double);
            if (chunk.Length < length) throw new InvalidDataException("a chunk of a strategy's events ends in the middle of one");
            tally = tally.With(e);
            chunk = chunk[length..];
        }
        return tally;
    }
}
