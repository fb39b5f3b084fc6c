using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Trading costs, and the capacity of the markets.</summary>
internal sealed class CostSection : IReportSection<RunView>
{
    // The maximum share of a market's daily turnover for one fill.
    private const double Participation = 0.01;
    private const int MostMarkets = 60;

    // Longer series are read as coarser bars.
    private const int MostBars = 1_000_000;

    public string Id => "costs";

    public string Title => "Costs and capacity";

    public bool Applies(RunView view) => view.Trades.Traded > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var t = view.Trades;
        TradeGroupTable.Origin(html, t);
        var trades = t.Measures.Trades;
        HtmlTable.Pairs(html, "Costs",
        [
            ("Profit before commission", NumberText.SignedMoney(t.BeforeCosts), NumberText.Sign(t.BeforeCosts, 0.005), "Closed trades"),
            ("Commission", NumberText.Money(t.Commission), "", "Closed trades"),
            .. t.Financing == 0 ? (ReadOnlySpan<(string, string, string, string?)>)[]
                : [("Dividends and funding, less borrow fees and interest", NumberText.SignedMoney(t.Financing),
                    NumberText.Sign(t.Financing, 0.005), "All trades, open ones too")],
            ("Profit after commission", NumberText.SignedMoney(t.Measures.NetProfit), NumberText.Sign(t.Measures.NetProfit,
                0.005), "Closed trades"),
            .. t.OpenCommission == 0 ? (ReadOnlySpan<(string, string, string, string?)>)[]
                : [("Commission of open trades", NumberText.Money(t.OpenCommission), "", "Fills of trades that are still open")],
            ("Cost share of gains", NumberText.Percent(t.GainsBeforeCosts > 0 ? t.Commission / t.GainsBeforeCosts : double.NaN,
                1), "", "Commission over the profit, before commission, of the trades that gained before it"),
            ("Commission per trade", NumberText.Money(trades > 0 ? t.Commission / trades : double.NaN), "", null),
            ("Commission per volume traded", NumberText.Percent((t.Commission + t.OpenCommission) / t.Traded, 3), "", "All fills"),
        ]);
        html.Raw("<p class=\"note\">Slippage is part of the fill prices and is not counted here.</p>\n");
        Capacity(html, view);
    }

    private static void Capacity(HtmlWriter html, RunView view)
    {
        var t = view.Trades;
        var rows = new List<(string Symbol, double Traded, double Turnover, double Typical, double Large, double Capacity)>();
        foreach (var (symbol, traded) in t.TradedBySymbol.OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal)
            .Take(MostMarkets))
        {
            var market = view.Model.Markets.Where(m => m.Symbol == symbol).MaxBy(m => m.Bars);
            var turnover = market is null ? double.NaN : DailyTurnover(view.Events.Bars(symbol, market.Timeframe, MostBars), market);
            var fills = t.Fills(symbol);
            var (typical, large) = fills.Length == 0 ? (double.NaN, double.NaN)
                : (Quantile.Median(fills), Quantile.Linear(fills, 0.95));
            rows.Add((symbol, traded, turnover, typical, large, turnover > 0 && large > 0 ? Participation * turnover / large : double.NaN));
        }
        if (rows.Count == 0) return;
        var least = rows.Where(r => double.IsFinite(r.Capacity)).OrderBy(r => r.Capacity).FirstOrDefault();
        html.Write($"<p class=\"lead\">{(least.Symbol is null ? "No market tells its volume, so that its capacity cannot be estimated."
            : $"Estimated capacity: {NumberText.CompactColumn(least.Capacity)} of equity, bound by {least.Symbol}. There, one fill in "
                + $"twenty would be more than 1% of the market's daily turnover.")}</p>\n");
        HtmlTable.Open(html, "Capacity by market",
        [
            new("Market", Number: false), new("Bought and sold"),
            new("Daily turnover", Hint: "Mean of volume times close per UTC day with bars"),
            new("Median fill", Minor: true, Hint: "Of the equity at the end of the day before"),
            new("Large fill", Hint: "95% quantile, of the equity at the end of the day before"), new("Capacity"),
        ], "narrow", sortable: true);
        foreach (var r in rows)
        {
            HtmlTable.RowHead(html, r.Symbol);
            HtmlTable.Number(html, NumberText.Money(r.Traded));
            HtmlTable.Number(html, r.Turnover > 0 ? NumberText.CompactColumn(r.Turnover) : NumberText.Undefined);
            HtmlTable.Number(html, NumberText.Percent(r.Typical), minor: true);
            HtmlTable.Number(html, NumberText.Percent(r.Large));
            HtmlTable.Number(html, NumberText.CompactColumn(r.Capacity));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        if (t.TradedBySymbol.Count > MostMarkets)
            html.Write($"<p class=\"note\">The {MostMarkets} most traded of {NumberText.Count(t.TradedBySymbol.Count)} markets.</p>\n");
    }

    private static double DailyTurnover(IReadOnlyList<Bar> bars, MarketEntry market)
    {
        double turnover = 0;
        long days = 0, last = -1;
        foreach (var bar in bars)
        {
            turnover += bar.Volume * bar.Close;
            var day = bar.Time / TimeSpan.TicksPerDay;
            if (day != last) days++;
            last = day;
        }
        return turnover * market.Multiplier * market.Rate / Math.Max(1, days);
    }
}
