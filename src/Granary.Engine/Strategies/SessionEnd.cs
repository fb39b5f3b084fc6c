using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Strategies;

/// <summary>
/// Tells a strategy when a new session has begun and when the session's last bar is the next one, so an exit on its close is in time.
/// </summary>
/// <remarks>A market that never closes has its sessions by days, UTC. Where the last bars of a session are missing, or it closed early,
/// the exit comes at the first chance after it: a strategy that must not hold over night checks <see cref="IsEnding"/> for that reason
/// too.</remarks>
internal sealed class SessionEnd
{
    private readonly SessionClock _clock;
    private readonly long _ticks;
    private bool _wasOpen;

    public SessionEnd(MarketSeries series)
    {
        _clock = new SessionClock(series);
        _ticks = series.Timeframe.Ticks;
    }

    /// <summary>Goes to the bar that has just closed.</summary>
    /// <returns>Whether it is its session's first.</returns>
    public bool MoveTo(StrategyContext bar) => MoveTo(bar.Time.Ticks);

    internal bool MoveTo(long time)
    {
        var newDay = _clock.MoveTo(time);
        var begins = _clock.IsOpen && (newDay || !_wasOpen);
        _wasOpen = _clock.IsOpen;
        IsEnding = !_clock.IsOpen || time + 2 * _ticks >= _clock.Close;
        return begins;
    }

    /// <summary>
    /// Whether the next bar or this one is the session's last, or no session is open. Open positions should then be closed on the next
    /// bar's close.
    /// </summary>
    public bool IsEnding { get; private set; }
}
