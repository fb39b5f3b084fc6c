using Granary.Engine.Market;

namespace Granary.Data.Text;

/// <summary>
/// Converts local times to UTC. Within a week whose ends have the same offset the clock does not change, so one lookup serves all of its
/// times.
/// </summary>
internal sealed class LocalClock(TimeZoneInfo zone)
{
    private const long Week = 7 * TimeSpan.TicksPerDay;

    private long _from = 1, _to;
    private long _offset;

    public TimeZoneInfo Zone => zone;

    /// <param name="after">
    /// The previous time, in UTC ticks, which distinguishes the second pass of a repeated hour in autumn from the first;
    /// <see cref="long.MinValue"/> for none.
    /// </param>
    /// <returns>False if daylight saving skips this local time.</returns>
    public bool TryToUtc(long localTicks, long after, out long utcTicks)
    {
        if (localTicks >= _from && localTicks < _to)
        {
            utcTicks = localTicks - _offset;
            return true;
        }
        var week = localTicks - localTicks % Week;
        // No offset exceeds a day, and no zone changes its clock twice within nine days; the shortest period, Ramadan, is a month.
        var offset = WallClock.OffsetAt(zone, week - TimeSpan.TicksPerDay);
        if (offset == WallClock.OffsetAt(zone, week + Week + TimeSpan.TicksPerDay))
        {
            (_from, _to, _offset) = (week, week + Week, offset);
            utcTicks = localTicks - offset;
            return true;
        }
        var times = WallClock.Of(zone, localTicks);
        utcTicks = times.First > after ? times.First : times.Last;
        return times.Count > 0;
    }
}
