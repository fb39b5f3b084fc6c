namespace Granary.Data.Text;

/// <summary>
/// Turns a wall clock into UTC. Within a week whose ends have the same offset no clock is moved, so one look-up serves all its times.
/// </summary>
internal sealed class LocalClock(TimeZoneInfo zone)
{
    private const long Week = 7 * TimeSpan.TicksPerDay;

    private long _from = 1, _to;
    private long _offset;

    public TimeZoneInfo Zone => zone;

    /// <param name="after">
    /// The time before, so that the second pass of a repeated hour in autumn is distinguished from the first; <see cref="long.MinValue"/>
    /// for none.
    /// </param>
    /// <returns>False where daylight saving skipped this wall time.</returns>
    public bool TryToUtc(long localTicks, long after, out long utcTicks)
    {
        if (localTicks >= _from && localTicks < _to)
        {
            utcTicks = localTicks - _offset;
            return true;
        }
        var week = localTicks - localTicks % Week;
        var offset = Offset(week);
        // Clocks that are moved and moved back within a week are not known of; Ramadan, the shortest pause there is, is a month.
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
