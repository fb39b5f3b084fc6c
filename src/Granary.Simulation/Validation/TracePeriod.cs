using System.Globalization;

namespace Granary.Simulation.Validation;

/// <summary>Names and annualises the periods at whose ends equity is traced.</summary>
internal static class TracePeriod
{
    /// <summary>Returns the unit, such as weeks, days or hours.</summary>
    public static string Unit(long ticks) => ticks switch
    {
        7 * TimeSpan.TicksPerDay => "weeks",
        TimeSpan.TicksPerDay => "days",
        TimeSpan.TicksPerHour => "hours",
        _ => string.Create(CultureInfo.InvariantCulture, $"periods of {ticks / (double)TimeSpan.TicksPerDay:0.##} days"),
    };

    /// <summary>Converts a Sharpe ratio per period to one per year.</summary>
    public static double Annual(double sharpe, long ticks) => sharpe * Math.Sqrt(365.25 * TimeSpan.TicksPerDay / ticks);
}
