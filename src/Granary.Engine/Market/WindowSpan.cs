using System.Globalization;

namespace Granary.Engine.Market;

/// <summary>The length of a window: a span of the calendar, or a number of bars.</summary>
/// <param name="Calendar">The span if <paramref name="Bars"/> is 0.</param>
internal readonly record struct WindowSpan(CalendarSpan Calendar, int Bars)
{
    private const string Unit = "bars";

    public static implicit operator WindowSpan(CalendarSpan calendar) => new(calendar, 0);

    /// <summary>Reads 500bars, or a span of the calendar such as 13w.</summary>
    public static bool TryParse(string text, out WindowSpan span)
    {
        span = default;
        if (!text.EndsWith(Unit, StringComparison.Ordinal))
        {
            var isSpan = CalendarSpan.TryParse(text, out var calendar);
            span = calendar;
            return isSpan;
        }
        if (!int.TryParse(text.AsSpan(0, text.Length - Unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bars)
            || bars is <= 0 or > 10_000_000) return false;
        span = new WindowSpan(default, bars);
        return true;
    }

    public override string ToString() => Bars > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Bars}{Unit}") : Calendar.ToString();
}
