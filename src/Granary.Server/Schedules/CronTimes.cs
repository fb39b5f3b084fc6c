using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Engine;
using Granary.Simulation.Json;
using Quartz;

namespace Granary.Server.Schedules;

/// <summary>The times of a cron expression, in UTC.</summary>
/// <remarks>
/// Five fields as in crontab: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday, or SUN to SAT). Quartz parses
/// them and computes the times.
/// </remarks>
public sealed partial class CronTimes
{
    private readonly CronExpression _expression;

    private CronTimes(CronExpression expression) => _expression = expression;

    /// <exception cref="InputException">The text is not a cron expression, or has no times.</exception>
    public static CronTimes Parse(JsonPart part)
    {
        var text = part.String();
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields != 5)
            throw part.Fault($"'{text}' has {fields} fields; give five: minute, hour, day of the month, month, day of the week, such as "
                + "\"0 2 * * SUN\" (Sundays at 02:00 UTC)");
        // Quartz keeps '*' and '?' as the numbers 99 and 98 in its lists, and takes such numbers for them.
        if (Numbers().Matches(text).FirstOrDefault(n => n.Length > 2 || int.Parse(n.ValueSpan, CultureInfo.InvariantCulture) > 59) is { } n)
            throw part.Fault($"'{text}' has the number {n.Value}, which is too large for every field; minutes go to 59, hours to 23, "
                + "days of the month to 31, months to 12 and days of the week to 7");
        try
        {
            var times = Of(text);
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
    public static CronTimes Of(string text) => new(CronExpression.Parse(text, CronFormat.Unix).WithTimeZone(TimeZoneInfo.Utc));

    /// <summary>Returns the first time after another one; null if there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time) => _expression.GetNextValidTimeAfter(time);

    /// <summary>Returns the next times after another one, UTC.</summary>
    public IReadOnlyList<DateTimeOffset> After(DateTimeOffset time, int count)
    {
        var times = new List<DateTimeOffset>();
        while (times.Count < count && After(time) is { } next) times.Add(time = next);
        return times;
    }

    [GeneratedRegex("[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
