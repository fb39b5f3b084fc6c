using Granary.Engine.Analysis;

namespace Granary.Reporting.Runs;

/// <summary>One row of the portfolio's equity.</summary>
/// <param name="Time">Open time of the bar at whose close the equity was measured, UTC ticks.</param>
/// <param name="Exposure">Sum of the absolute position values, account currency.</param>
/// <param name="Drawdown">Fraction below the equity's highest earlier value; positive.</param>
internal readonly record struct EquityRow(long Time, double Equity, double Cash, double Exposure, double Drawdown);
