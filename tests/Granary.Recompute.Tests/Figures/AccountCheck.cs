using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Demands that an account's files agree with one another and with the bars.</summary>
internal static class AccountCheck
{
    /// <summary>
    /// equity.csv and the portfolio's statistics follow from portfolio_trades.csv and the bars, and closed profit and open marks add up to the change
    /// of equity.
    /// </summary>
    /// <param name="markets">Bars of every market that the account could trade, by symbol.</param>
    /// <param name="commission">Fraction of the notional of each side.</param>
    /// <returns>The recomputed rows.</returns>
    public static List<EquityRow> Portfolio(RunFiles files, IReadOnlyDictionary<string, List<MarketBar>> markets, double cash, double commission)
    {
        var shown = files.Equity();
        var trades = files.PortfolioTrades();
        var within = markets.ToDictionary(m => m.Key, m => m.Value.Where(b => b.Time >= shown[0].Time && b.Time <= shown[^1].Time).ToList());
        var rows = new RebuiltAccount(cash, commission).Rows(trades, within);
        Agreement.Demand(shown, rows);
        Statistics(files.PortfolioStats, rows, trades, cash, "portfolio");
        var closed = trades.Where(t => !t.IsOpen).Sum(t => t.NetProfit);
        var open = trades.Where(t => t.IsOpen).Sum(t => Mark(t, within[t.Symbol][^1].Close, commission));
        (rows[^1].Equity - cash).ShouldBe(closed + open, 1e-6 * cash, "closed profit and open marks add up to the change of equity");
        return rows;
    }

    public static void Statistics(System.Text.Json.JsonElement stats, List<EquityRow> rows, List<TradeRow> trades, double cash, string name)
    {
        List<DateTime> times = [.. rows.Select(r => r.Time)];
        var perYear = Calendar.PeriodsPerYear(times);
        Agreement.Demand(stats, "periodsPerYear", perYear, name);
        Agreement.Demand(stats, new CurveFigures(times, [.. rows.Select(r => r.Equity)], cash, perYear), new TradeFigures(trades), name);
        Agreement.Demand(stats, "exposure", (double)rows.Count(r => r.IsInvested) / rows.Count, name);
        Agreement.Demand(stats, "commission", trades.Sum(t => t.Commission), name);
    }

    private static double Mark(TradeRow trade, double close, double commission) =>
        trade.Sign * trade.Quantity * (close - trade.EntryPrice) - trade.Quantity * trade.EntryPrice * commission;
}
