using System.Globalization;

namespace Granary.Simulation.Validation;

/// <summary>The periods at whose ends equity is traced: as people call them, and what makes their figures yearly.</summary>
internal static class TracePeriod
{
    /// <summary>As weeks, days or hours.</summary>
    public static string Unit(long ticks) => ticks switch
    {
        7 * TimeSpan.TicksPerDay => "weeks",
        TimeSpan.TicksPerDay => "days",
        TimeSpan.TicksPerHour => "hours",
        _ => string.Create(CultureInfo.InvariantCulture, $"periods of {ticks / (double)TimeSpan.TicksPerDay:0.##} days"),
    };

    /// <summary>A Sharpe ratio per period as one per year.</summary>
    public static double Annual(double sharpe, long ticks) => sharpe * Math.Sqrt(365.25 * TimeSpan.TicksPerDay / ticks);
}
