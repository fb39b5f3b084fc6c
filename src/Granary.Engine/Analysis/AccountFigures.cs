namespace Granary.Engine.Analysis;

/// <summary>
/// Exposure of an account over all rows, and its gains and losses by UTC day: over all days, and over the days in the market. A day is in
/// the market if a position was held at one of its rows or at the row before them, or if the equity changed. A day without a change is
/// neither a gain nor a loss. Fractions; NaN if undefined.
/// </summary>
/// <param name="EquityAverage">Mean over all rows, account currency.</param>
/// <param name="GrossExposureAverage">Mean over all rows of the absolute position values over the equity.</param>
/// <param name="GrossExposureMost">The maximum over all rows of the absolute position values over the equity.</param>
/// <param name="DaysProfitable">Days with a gain, a share of all days.</param>
/// <param name="DaysLosing">Days with a loss, a share of all days.</param>
/// <param name="DaysProfitableInMarket">Days with a gain, a share of the days in the market.</param>
/// <param name="DaysLosingInMarket">Days with a loss, a share of the days in the market.</param>
/// <param name="DailyVar95">The loss that 1 day in 20 exceeds, a positive fraction.</param>
/// <param name="DailyCvar95">The mean loss of those days.</param>
/// <param name="DailyVar95InMarket">The loss that 1 day in 20 in the market exceeds.</param>
/// <param name="DailyCvar95InMarket">The mean loss of those days.</param>
public sealed record AccountFigures(
    double EquityAverage, double GrossExposureAverage, double GrossExposureMost, int Days, int DaysInMarket, double DaysProfitable,
    double DaysLosing,
    double DaysProfitableInMarket, double DaysLosingInMarket, double DailyVar95, double DailyCvar95, double DailyVar95InMarket,
    double DailyCvar95InMarket);
