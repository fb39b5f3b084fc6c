namespace Granary.Engine.Portfolio.Rules;

/// <summary>State of a portfolio when it decides on an entry.</summary>
/// <param name="Drawdown">Distance of the equity below its peak, a fraction of the peak.</param>
/// <param name="Exposure">Longs plus shorts, with accepted entries that are not filled yet, as a fraction of the equity.</param>
/// <param name="Positions">Trades that are open, and accepted entries of trades that are not open yet.</param>
/// <param name="WinRate">
/// The share of trades with a net profit among the last <see cref="Trades"/> that the portfolio has closed; NaN before the first.
/// </param>
internal readonly record struct PortfolioState(double Drawdown, double Exposure, int Positions, double WinRate)
{
    /// <summary>The most closed trades that the win rate covers.</summary>
    public const int Trades = 20;
}
