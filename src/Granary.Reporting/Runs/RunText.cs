using System.Globalization;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>Spelling of values in the run's files.</summary>
internal static class RunText
{
    public static string Of(Side side) => side == Side.Buy ? "long" : "short";

    public static string Of(Sides sides) => sides switch { Sides.Long => "long", Sides.Short => "short", _ => "both" };

    public static string Of(PortfolioFillKind kind) => kind switch
    {
        PortfolioFillKind.Entry => "entry",
        PortfolioFillKind.Exit => "exit",
        PortfolioFillKind.Split => "split",
        PortfolioFillKind.Roll => "roll",
    };

    /// <summary>ISO 8601 time in UTC, with fractions of a second only if there are any.</summary>
    public static string Time(long ticks)
    {
        var time = new DateTime(ticks, DateTimeKind.Utc);
        return time.ToString(ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
            CultureInfo.InvariantCulture);
    }

    /// <summary>The shortest text that parses to the same double; empty if undefined.</summary>
    public static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";
}
