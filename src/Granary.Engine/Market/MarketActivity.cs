namespace Granary.Engine.Market;

/// <summary>
/// Finds instruments that have stopped trading: halted, delisted, or at the end of their data. It counts days on which other instruments
/// had bars, so
/// holidays and weekends count only where something else trades.
/// </summary>
internal sealed class MarketActivity(int markets)
{
    /// <summary>An instrument without a bar on more than so many days of the others is inactive.</summary>
    public const int MostDays = 5;

    private readonly long[] _lastDay = new long[markets];
    private readonly bool[] _hasBar = new bool[markets];
    private long _day = long.MinValue, _days;

    /// <summary>A bar of the instrument closes now.</summary>
    public void Mark(int market) => _hasBar[market] = true;

    /// <summary>All bars of the time slice are marked.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>Whether a new UTC day has begun, so other instruments may be inactive now.</returns>
    public bool EndTimestamp(long time)
    {
        var day = time / TimeSpan.TicksPerDay;
        var isNew = day > _day;
        if (isNew)
        {
            _day = day;
            _days++;
        }
        for (var i = 0; i < _hasBar.Length; i++)
        {
            if (!_hasBar[i]) continue;
            _lastDay[i] = _days;
            _hasBar[i] = false;
        }
        return isNew;
    }

    public bool IsInactive(int market) => _days - _lastDay[market] > MostDays;
}
