namespace Granary.Engine.Trading;

/// <summary>Numbers of the events of one strategy run, and of the chunks that contain them.</summary>
/// <param name="Fills">First and later fills of trades.</param>
/// <param name="Trades">Closed trades, as <see cref="RunEvent.IsClosedTrade"/> counts them.</param>
internal readonly record struct EventTally(int Chunks, int Signals, int Fills, int Trades)
{
    /// <summary>Returns the numbers after one more event.</summary>
    public EventTally With(in RunEvent e) => With(e.Kind, e.IsTradeRow && !e.IsClosedTrade);

    internal EventTally With(RunEventKinds kind, bool isOpen) => kind switch
    {
        RunEventKinds.Signal => this with { Signals = Signals + 1 },
        RunEventKinds.Fill => this with { Fills = Fills + 1 },
        RunEventKinds.Trade or RunEventKinds.ClosedPart when !isOpen => this with { Trades = Trades + 1 },
        _ => this,
    };

    /// <summary>Returns the numbers after one more chunk.</summary>
    /// <exception cref="InvalidDataException">The chunk ends within an event.</exception>
    public EventTally With(ReadOnlySpan<byte> chunk)
    {
        var tally = this with { Chunks = Chunks + 1 };
        while (chunk.Length > 0)
        {
            tally = EventEncoding.Count(chunk, tally, out var length);
            chunk = chunk[length..];
        }
        return tally;
    }
}
