namespace Granary.Engine.Market;

/// <summary>The UTC times at which the clocks of a zone show a local time.</summary>
/// <param name="Count">0 if the clocks skip the local time, 1, or 2 if they repeat it.</param>
/// <param name="First">The first of these times, UTC ticks; of a skipped local time, the time at which the clocks change.</param>
/// <param name="Last">The last of these times, UTC ticks; of a skipped local time, the time at which the clocks change.</param>
/// <remarks>
/// Only offsets of UTC times are used. For local times <see cref="TimeZoneInfo"/> answers wrongly where summer time is the standard time
/// and winter time is an hour less (Europe/Dublin, Africa/Casablanca), and where the offset of the zone itself changed.
/// </remarks>
internal readonly record struct WallClock(int Count, long First, long Last)
{
    /// <summary>Finds the UTC times of a local time.</summary>
    /// <param name="localTicks">Ticks of the local time, in years 1 to 9998.</param>
    public static WallClock Of(TimeZoneInfo zone, long localTicks)
    {
        // No offset exceeds 14 hours, and no zone changes its clock twice within two days.
        var (from, to) = (localTicks - TimeSpan.TicksPerDay, localTicks + TimeSpan.TicksPerDay);
        var (before, after) = (OffsetAt(zone, from), OffsetAt(zone, to));
        if (before == after) return new WallClock(1, localTicks - before, localTicks - before);
        var (early, late) = (localTicks - before, localTicks - after);
        var (isEarly, isLate) = (OffsetAt(zone, early) == before, OffsetAt(zone, late) == after);
        if (isEarly && isLate) return new WallClock(2, Math.Min(early, late), Math.Max(early, late));
        if (isEarly || isLate) return isEarly ? new WallClock(1, early, early) : new WallClock(1, late, late);
        while (to - from > 1)
        {
            var middle = from + (to - from) / 2;
            if (OffsetAt(zone, middle) == before) from = middle;
            else to = middle;
        }
        return new WallClock(0, to, to);
    }

    /// <summary>Returns by how much the clocks of a zone are ahead of UTC, in ticks.</summary>
    /// <param name="utcTicks">UTC ticks; those before the year 1 or after 9999 count as the first or the last time.</param>
    public static long OffsetAt(TimeZoneInfo zone, long utcTicks) =>
        zone.GetUtcOffset(new DateTime(Math.Clamp(utcTicks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc)).Ticks;
}
