using System.Globalization;

namespace Granary.Engine.Market;

/// <summary>A span of the calendar, as 3y, 13w or 1mo: months are the calendar's own, of 28 to 31 days.</summary>
/// <param name="Months">A year has twelve.</param>
/// <param name="Ticks">The length of a span of weeks, days or hours, in ticks.</param>
internal readonly record struct CalendarSpan(int Months, long Ticks)
{
    /// <summary>Its length in days; a month counts 365.25 / 12.</summary>
    public double NominalDays => Months * 365.25 / 12 + Ticks / (double)TimeSpan.TicksPerDay;

    public static CalendarSpan OfMonths(int months) => new(months, 0);

    public static CalendarSpan OfDays(int days) => new(0, days * TimeSpan.TicksPerDay);

    /// <summary>Reads 12h, 30d, 13w, 3mo or 1y.</summary>
    public static bool TryParse(string text, out CalendarSpan span)
    {
        span = default;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (digits is 0 or > 5) return false;
        var number = int.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        span = text[digits..] switch
        {
            "h" => new CalendarSpan(0, number * TimeSpan.TicksPerHour),
            "d" => OfDays(number),
            "w" => OfDays(7 * number),
            "mo" => OfMonths(number),
            "y" when number <= 1000 => OfMonths(12 * number),
            _ => default,
        };
        return number > 0 && span != default && span.Months <= 12_000;
    }

    /// <summary>The time so many spans after a given one, counted from it: the 31st of a month comes back after a February.</summary>
    /// <param name="time">UTC ticks.</param>
    public long After(long time, int times = 1) => new DateTime(time, DateTimeKind.Utc).AddMonths(Months * times).Ticks + Ticks * times;

    /// <summary>
    /// The first time after a given one at which a period of the calendar begins: years and months count from the first year, weeks from a
    /// Monday, days and hours from midnight UTC.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    public long Next(long time)
    {
        if (Months == 0) return time - time % Ticks + Ticks;
        var now = new DateTime(time, DateTimeKind.Utc);
        var month = ((now.Year * 12 + now.Month - 1) / Months + 1) * Months;
        return new DateTime(month / 12, month % 12 + 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    }

    public override string ToString()
    {
        if (Months > 0) return Months % 12 == 0 ? $"{Months / 12}y" : $"{Months}mo";
        if (Ticks % (7 * TimeSpan.TicksPerDay) == 0) return $"{Ticks / (7 * TimeSpan.TicksPerDay)}w";
        return Ticks % TimeSpan.TicksPerDay == 0 ? $"{Ticks / TimeSpan.TicksPerDay}d" : $"{Ticks / TimeSpan.TicksPerHour}h";
    }
}
