namespace Granary.Data.Text;

/// <summary>Turns a wall clock into UTC, a whole hour's worth of one offset at a time.</summary>
internal sealed class LocalClock(TimeZoneInfo zone)
{
    private long _hour = long.MinValue;
    private long _offset;
    private bool _plain;

    public TimeZoneInfo Zone => zone;

    /// <param name="after">The instant before, so that the second pass of a repeated hour in autumn is told from the first; <see cref="long.MinValue"/> for none.</param>
    /// <returns>False where daylight saving skipped this wall time.</returns>
    public bool TryToUtc(long localTicks, long after, out long utcTicks)
    {
        // Zones change on quarter hours at the finest, and almost always on full hours.
        var quarter = localTicks / (15 * TimeSpan.TicksPerMinute);
        if (quarter != _hour || !_plain)
        {
            var local = new DateTime(localTicks, DateTimeKind.Unspecified);
            utcTicks = 0;
            if (zone.IsInvalidTime(local)) return false;
            if (zone.IsAmbiguousTime(local))
            {
                _hour = long.MinValue;
                var offsets = zone.GetAmbiguousTimeOffsets(local);
                var early = localTicks - Math.Max(offsets[0].Ticks, offsets[1].Ticks);
                var late = localTicks - Math.Min(offsets[0].Ticks, offsets[1].Ticks);
                utcTicks = early > after ? early : late;
                return true;
            }
            _hour = quarter;
            _offset = zone.GetUtcOffset(local).Ticks;
            _plain = true;
        }
        utcTicks = localTicks - _offset;
        return true;
    }
}
