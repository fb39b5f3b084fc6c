using System.Text.Json;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Demands that an account's files agree with one another and with the bars.</summary>
internal static class AccountCheck
{
    /// <summary>
    /// equity.csv and the portfolio's statistics follow from portfolio_trades.csv and the bars, and closed profit and open marks add up to
    /// the change
    /// of equity.
    /// </summary>
    /// <param name="markets">Of the batch; those of strategies with a weight count.</param>
    /// <param name="commission">Fraction of the notional of each side.</param>
    /// <param name="marginRate">Yearly, a fraction.</param>
    /// <returns>The recomputed rows; none where no strategy has a weight.</returns>
    public static List<EquityRow> Portfolio(RunFiles files, MarketSet markets, double cash, double commission,
        double marginRate = 0)
    {
        var traded = files.Weighted.SelectMany(RunFiles.SymbolsOf).ToHashSet();
        if (traded.Count == 0) return [];
        var shown = files.Equity();
        var trades = files.PortfolioTrades();
        var within = markets.Bars.Where(m => traded.Contains(m.Key))
            .ToDictionary(m => m.Key, m => m.Value.Where(b => b.Time >= shown[0].Time && b.Time <= shown[^1].Time).ToList());
        var account = new RebuiltAccount(cash, commission, markets.Multipliers);
        var rows = account.Rows(files.PortfolioFills(), trades, within, BarCloses.Of(files, markets), marginRate);
        Agreement.Demand(shown, rows);
        Statistics(files.PortfolioStats, rows, trades, cash, "portfolio");
        Positions(files.PortfolioFills(), trades);
        var closed = trades.Where(t => !t.IsOpen).Sum(t => t.NetProfit);
        var open = trades.Where(t => t.IsOpen).Sum(t => Mark(t, within[t.Symbol][^1].Close, commission, markets.Multiplier(t.Symbol))
            + t.Financing);
        trades.Sum(t => t.Financing).ShouldBe(-account.Interest + trades.Where(t => t.Reason == "ruined").Sum(t => t.Financing),
            1e-7 * cash, "interest of the trades");
        (rows[^1].Equity - cash).ShouldBe(closed + open, 1e-6 * cash, "closed profit and open marks add up to the change of equity");
        return rows;
    }

    // What is open of a trade is what its fills have left, at its average price; the rest of the trade is closed, also where the trade is
    // not.
    private static void Positions(List<FillRow> fills, List<TradeRow> trades)
    {
        var left = fills.GroupBy(f => (f.Strategy, f.Symbol)).ToDictionary(g => g.Key, g => g.Sum(f => f.Sign * Signed(f)));
        foreach (var (of, quantity) in left)
            trades.Where(t => t.IsOpen && (t.Strategy, t.Symbol) == of).Sum(t => t.Sign * t.Quantity).ShouldBe(quantity,
                1e-9 * fills.Where(f => (f.Strategy, f.Symbol) == of).Max(f => f.Quantity), $"open quantity of {of}");
        foreach (var kind in new[] { "entry", "exit" })
        {
            var listed = trades.Where(t => kind == "entry" || !t.IsOpen)
                .Sum(t => t.Quantity * (kind == "entry" ? t.EntryPrice : t.ExitPrice));
            listed.ShouldBe(fills.Where(f => f.Kind == kind).Sum(f => f.Quantity * f.Price), 1e-7 * Math.Max(1, listed),
                $"notional of each {kind}");
        }
    }

    private static double Signed(FillRow fill) => fill.Kind == "exit" ? -fill.Quantity : fill.Quantity;

    /// <summary>The statistics of every strategy follow from its trades in trades.csv and the bars of its own timeframe.</summary>
    public static void Strategies(RunFiles files, MarketSet markets, double cash, double commission)
    {
        var trades = files.StrategyTrades().ToLookup(t => t.Strategy, StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (var strategy in files.Strategies)
        {
            var (id, symbol) = (strategy.GetProperty("id").GetString()!, strategy.GetProperty("symbol").GetString()!);
            List<TradeRow> own = [.. trades[id]];
            var bars = markets.Of(symbol, strategy.GetProperty("timeframe").GetString()!);
            var rows = new RebuiltAccount(cash, commission, markets.Multipliers)
                .Rows(own, new Dictionary<string, List<MarketBar>> { [symbol] = bars });
            try
            {
                Statistics(strategy.GetProperty("stats"), rows, own, cash, id);
            }
            catch (ShouldAssertException e)
            {
                failures.Add(e.Message);
            }
        }
        failures.ShouldBeEmpty($"{failures.Count} of {files.Strategies.Count} strategies differ");
    }

    private static void Statistics(JsonElement stats, List<EquityRow> rows, List<TradeRow> trades, double cash, string name)
    {
        List<DateTime> times = [.. rows.Select(r => r.Time)];
        var perYear = Calendar.PeriodsPerYear(times);
        Agreement.Demand(stats, "periodsPerYear", perYear, name);
        Agreement.Demand(stats, new CurveFigures(times, [.. rows.Select(r => r.Equity)], cash, perYear), new TradeFigures(trades), name);
        Agreement.Demand(stats, "exposure", (double)rows.Count(r => r.IsInvested) / rows.Count, name);
        Agreement.Demand(stats, "commission", trades.Sum(t => t.Commission), name);
    }

    private static double Mark(TradeRow trade, double close, double commission, double multiplier) =>
        trade.Quantity * multiplier * (trade.Sign * (close - trade.EntryPrice) - trade.EntryPrice * commission);
}
