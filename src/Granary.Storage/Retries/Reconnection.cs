namespace Granary.Storage.Retries;

/// <summary>
/// The pauses between the connections of a stream, over its whole life. They double from the first to the longest, with random jitter. Only
/// a connection that stayed open for the longest pause makes them short again. A server that accepts and closes each connection gets some
/// ten in five minutes, and then one for each longest pause.
/// </summary>
/// <param name="first">The first pause, on average.</param>
/// <param name="longest">The longest pause, on average.</param>
internal sealed class Reconnection(TimeProvider clock, TimeSpan first, TimeSpan longest)
{
    // Null for the first pause.
    private TimeSpan? _next;
    private long? _opened;
    private bool _wasUseful;

    /// <summary>The number of attempts and connections in a row that brought nothing.</summary>
    public int Fruitless { get; private set; }

    /// <summary>Records that a connection is open; a repeated call changes nothing.</summary>
    public void Opened() => _opened ??= clock.GetTimestamp();

    /// <summary>Records that the open connection has brought what it is for.</summary>
    public void Brought() => (_wasUseful, Fruitless) = (true, 0);

    /// <summary>Records the end of a connection, or that none could be opened; call it before <see cref="PauseAsync"/>.</summary>
    public void Lost()
    {
        if (_opened is { } opened && clock.GetElapsedTime(opened) >= longest) _next = null;
        if (!_wasUseful) Fruitless++;
        (_opened, _wasUseful) = (null, false);
    }

    /// <summary>Waits before the next attempt.</summary>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
        var next = _next ?? first;
        var pause = next * (0.5 + Jitter.Next(clock));
        _next = TimeSpan.FromTicks(Math.Min(2 * next.Ticks, longest.Ticks));
        return Task.Delay(pause, clock, cancellationToken);
    }
}
