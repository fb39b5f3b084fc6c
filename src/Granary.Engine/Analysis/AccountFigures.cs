namespace Granary.Engine.Analysis;

/// <summary>
/// Exposure of an account over all rows, and its gains and losses by UTC day: over all days, and over the days in the market. A day is in
/// the market if a position was held at one of its rows or at the row before them, or if the equity changed. A day without a change is
/// neither a gain nor a loss. Fractions; NaN if undefined.
/// </summary>
internal sealed record AccountFigures
{
    /// <summary>Mean over all rows, account currency.</summary>
    public required double EquityAverage { get; init; }

    /// <summary>Mean over all rows of the absolute position values over the equity.</summary>
    public required double GrossExposureAverage { get; init; }

    /// <summary>The maximum over all rows of the absolute position values over the equity.</summary>
    public required double GrossExposureMost { get; init; }

    public required int Days { get; init; }

    public required int DaysInMarket { get; init; }

    /// <summary>Days with a gain, a share of all days.</summary>
    public required double DaysProfitable { get; init; }

    /// <summary>Days with a loss, a share of all days.</summary>
    public required double DaysLosing { get; init; }

    /// <summary>Days with a gain, a share of the days in the market.</summary>
    public required double DaysProfitableInMarket { get; init; }

    /// <summary>Days with a loss, a share of the days in the market.</summary>
    public required double DaysLosingInMarket { get; init; }

    /// <summary>The loss that 1 day in 20 exceeds, a positive fraction.</summary>
    public required double DailyVar95 { get; init; }

    /// <summary>The mean loss of those days.</summary>
    public required double DailyCvar95 { get; init; }

    /// <summary>The loss that 1 day in 20 in the market exceeds.</summary>
    public required double DailyVar95InMarket { get; init; }

    /// <summary>The mean loss of those days.</summary>
    public required double DailyCvar95InMarket { get; init; }
}
