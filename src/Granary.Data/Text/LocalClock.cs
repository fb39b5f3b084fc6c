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
        var offset = Offset(week);
        // No zone changes its clock twice within a week; the shortest period, Ramadan, is a month.
        if (offset == Offset(week + Week))
        {
            (_from, _to, _offset) = (week, week + Week, offset);
            utcTicks = localTicks - offset;
            return true;
        }
        var local = new DateTime(localTicks, DateTimeKind.Unspecified);
        utcTicks = 0;
        if (zone.IsInvalidTime(local)) return false;
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            var early = localTicks - Math.Max(offsets[0].Ticks, offsets[1].Ticks);
            var late = localTicks - Math.Min(offsets[0].Ticks, offsets[1].Ticks);
            utcTicks = early > after ? early : late;
            return true;
        }
        utcTicks = localTicks - zone.GetUtcOffset(local).Ticks;
        return true;
    }

    private long Offset(long localTicks) => zone.GetUtcOffset(new DateTime(localTicks, DateTimeKind.Unspecified)).Ticks;
}
