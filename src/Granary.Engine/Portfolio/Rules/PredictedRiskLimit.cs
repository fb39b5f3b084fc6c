namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Limits positions by a model's prediction when an entry is decided: it reduces larger entries, and refuses them without room.
/// </summary>
/// <param name="closed">The trades that the portfolio has closed.</param>
/// <param name="knownAt">Returns the time at which an entry's signal is known, UTC ticks.</param>
internal sealed class PredictedRiskLimit(IExposureModel model, RecentTrades closed, Func<EntryRequest, long> knownAt)
    : IPortfolioRule
{
    /// <summary>Room under the cap for the last checked entry, account currency; infinite without a cap.</summary>
    public double Room { get; private set; } = double.PositiveInfinity;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio)
    {
        var all = portfolio.GrossValue + portfolio.ReservedValue;
        var state = new PortfolioState(portfolio.Drawdown, all / portfolio.Equity,
            portfolio.OpenTrades + portfolio.ReservedTrades, closed.WinRate);
        var cap = model.CapOf(entry, state, knownAt(entry));
        var value = cap.OfSymbol ? portfolio.ValueIn(entry.Market) + portfolio.ReservedIn(entry.Market) : all;
        Room = cap.Fraction * portfolio.Equity - value;
        return Room > 0;
    }
}
