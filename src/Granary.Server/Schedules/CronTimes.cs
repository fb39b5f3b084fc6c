using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Quartz;

namespace Granary.Server.Schedules;

/// <summary>The times of a cron expression in a time zone.</summary>
/// <remarks>
/// Five fields as in crontab: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday, or SUN to SAT). Quartz parses
/// them and computes the times of the wall clock. At a change of the clock the rules follow Debian's cron. A time that names its
/// hours and minutes comes once on each of its days: when the clock skips it, at the end of the gap; when the clock repeats it, the first
/// time. With a '*' in either field the times follow the wall clock: skipped ones do not come, and repeated ones come twice.
/// </remarks>
internal sealed partial class CronTimes : DueTimes
{
    private static readonly TimeSpan s_step = TimeSpan.FromHours(6), s_longestGap = TimeSpan.FromDays(1);

    private readonly CronExpression _wallClock;
    private readonly TimeZoneInfo _zone;
    private readonly bool _isOnceADay;

    private CronTimes(string text, TimeZoneInfo zone)
    {
        // As if the wall clock were UTC, which skips and repeats nothing.
        _wallClock = CronExpression.Parse(text, CronFormat.Unix).WithTimeZone(TimeZoneInfo.Utc);
        _zone = zone;
        _isOnceADay = !text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2).Any(f => f.Contains('*', StringComparison.Ordinal));
    }

    /// <exception cref="InputException">The text is not a cron expression, or has no times.</exception>
    /// <param name="timeZone">IANA zone; null for UTC.</param>
    public static CronTimes Parse(JsonPart part, JsonPart? timeZone = null)
    {
        if (timeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone.String(), out _))
            throw timeZone.Fault($"'{timeZone.Text}' is not a time zone that this machine knows; use an IANA name such as "
                + "America/New_York");
        var text = part.String();
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields != 5)
            throw part.Fault($"'{text}' has {fields} fields; give five: minute, hour, day of the month, month, day of the week, such as "
                + "\"0 2 * * SUN\" (Sundays at 02:00)");
        // Quartz keeps '*' and '?' as the numbers 99 and 98 in its lists, and takes such numbers for them.
        if (Numbers().Matches(text).FirstOrDefault(n => n.Length > 2 || int.Parse(n.ValueSpan, CultureInfo.InvariantCulture) > 59) is { } n)
            throw part.Fault($"'{text}' has the number {n.Value}, which is too large for every field; minutes go to 59, hours to 23, "
                + "days of the month to 31, months to 12 and days of the week to 7");
        try
        {
            var times = Of(text, timeZone?.Text);
            // Without a year field the times repeat, so an expression without a next time never has one.
            return times.After(DateTimeOffset.UnixEpoch) is null
                ? throw part.Fault($"'{text}' names a day that no month has; correct the day of the month or the month") : times;
        }
        catch (FormatException e)
        {
            throw part.Fault($"'{text}' is not a cron expression ({e.Message.TrimEnd('.')}); give one such as \"30 2 * * MON-FRI\"", e);
        }
    }

    /// <summary>Returns the times of an expression that was validated before.</summary>
    /// <exception cref="FormatException">The text is not a cron expression.</exception>
    /// <exception cref="TimeZoneNotFoundException">The machine does not know the zone.</exception>
    /// <param name="timeZone">IANA zone; null for UTC.</param>
    public static CronTimes Of(string text, string? timeZone) =>
        new(text, timeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(timeZone));

    public override DateTimeOffset? After(DateTimeOffset time) => _isOnceADay ? OnceADay(time) : ByTheClock(time);

    private DateTimeOffset? OnceADay(DateTimeOffset time)
    {
        // A skipped time comes later than the wall clock says.
        var local = Local(time) - s_longestGap;
        while (Next(local) is { } wanted)
            if (ToUtc(local = wanted) is var due && due > time)
                return due;
        return null;
    }

    private DateTimeOffset ToUtc(DateTime local) => new(WallClock.Of(_zone, local.Ticks).First, TimeSpan.Zero);

    private DateTimeOffset? ByTheClock(DateTimeOffset time)
    {
        var (local, offset) = (Local(time), _zone.GetUtcOffset(time));
        while (Next(local) is { } wanted)
        {
            var due = new DateTimeOffset(wanted, offset).ToUniversalTime();
            if (FirstChange(time, due, offset) is not { } change) return due;
            // The clock changes before: what it shows from then on counts.
            (time, offset) = (change, _zone.GetUtcOffset(change));
            local = Local(change).AddSeconds(-1);
        }
        return null;
    }

    // The first minute of a span with another offset; null if there is none.
    private DateTimeOffset? FirstChange(DateTimeOffset from, DateTimeOffset to, TimeSpan offset)
    {
        for (var start = from; start < to; start += s_step)
        {
            var end = start + s_step < to ? start + s_step : to;
            if (_zone.GetUtcOffset(end) == offset) continue;
            // Clocks change at whole minutes.
            var (before, after) = (start.UtcTicks / TimeSpan.TicksPerMinute, end.UtcTicks / TimeSpan.TicksPerMinute);
            while (after - before > 1)
            {
                var middle = (before + after) / 2;
                if (_zone.GetUtcOffset(At(middle)) == offset) before = middle;
                else after = middle;
            }
            return At(after);
        }
        return null;

        static DateTimeOffset At(long minute) => new(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
    }

    private DateTime Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone).DateTime;

    private DateTime? Next(DateTime local) =>
        _wallClock.GetNextValidTimeAfter(new DateTimeOffset(local, TimeSpan.Zero))?.UtcDateTime is { } next
            ? DateTime.SpecifyKind(next, DateTimeKind.Unspecified) : null;

    [GeneratedRegex("[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
