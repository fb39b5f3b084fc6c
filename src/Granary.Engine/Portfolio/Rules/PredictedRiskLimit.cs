namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Bounds positions by what a model predicts when an entry is decided: a larger entry is made smaller, and refused where nothing is left.
/// </summary>
/// <param name="peak">Of the portfolio's equity.</param>
/// <param name="closed">The trades that the portfolio has closed.</param>
/// <param name="knownAt">When an entry's signal is known, UTC ticks.</param>
internal sealed class PredictedRiskLimit(IExposureModel model, EquityPeak peak, RecentTrades closed, Func<EntryRequest, long> knownAt)
    : IPortfolioRule
{
    /// <summary>What the cap leaves for the entry that was asked about last, account currency; infinite without a cap.</summary>
    public double Room { get; private set; } = double.PositiveInfinity;

    public Decision Refusal => Decision.PredictedRisk;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio)
    {
        var all = portfolio.GrossValue + portfolio.ReservedValue;
        var state = new PortfolioState(peak.Drawdown(portfolio.Equity), all / portfolio.Equity,
            portfolio.OpenTrades + portfolio.ReservedTrades, closed.WinRate);
        var cap = model.CapOf(entry, state, knownAt(entry));
        var value = cap.OfSymbol ? portfolio.ValueIn(entry.Market) + portfolio.ReservedIn(entry.Market) : all;
        Room = cap.Fraction * portfolio.Equity - value;
        return Room > 0;
    }
}
