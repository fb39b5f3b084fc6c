using System.Globalization;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Runs of two batches and the trades of another program as one portfolio: its files and its page follow from trades and bars.
/// </summary>
public class CombineTests
{
    private const double Cash = 100_000, Commission = 0.001;

    [Fact]
    public async Task Figures_of_a_combined_portfolio_follow_from_the_trades_of_its_members_and_the_bars()
    {
        using var folder = new TemporaryFolder();
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        foreach (var (seed, symbol) in new[] { (81, "AAA"), (82, "BBB"), (83, "CCC") })
        {
            markets[symbol] = new RandomMarket(seed)
                .Bars(RandomMarket.Weekdays(new DateTime(2016, 1, 4, 0, 0, 0, DateTimeKind.Utc), 600), 0.02);
            MarketBar.Write(folder.File($"{symbol}/{symbol}.csv"), markets[symbol]);
        }
        foreach (var (symbol, strategy) in new[] { ("AAA", "SmaCross"), ("BBB", "EmaCross") })
        {
            var batch = folder.Write(symbol + ".json", $$"""
                { "name": "{{symbol}}", "data": { "source": "csv:{{symbol}}", "symbols": "*", "timeframe": "1d" },
                  "execution": { "commissionPercent": 0.1 },
                  "strategies": [{ "class": "{{strategy}}", "params": { "fast": [3, 6], "slow": 20 }, "size": { "percentOfEquity": 30 } }],
                  "portfolio": { "weights": "equal", "limits": { "maxPositions": 4 } }, "outputs": "all" }
                """);
            await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("run-" + symbol), "--quiet", "--no-guards");
        }
        var recorded = Recorded(markets["CCC"]);
        var foreign = folder.Write("system.csv", "data,side,entry,exit,entry_price,exit_price,size,pnl,pnlcomm,commission,barlen\n"
            + string.Concat(recorded.Select(t => t.Line)));

        await GranaryCommand.RunAsync("combine", folder.File("run-AAA"), folder.File("run-BBB"), foreign, "--bars",
            "csv:" + folder.File("CCC"), "--out", folder.File("all"), "--quiet", "--no-guards");

        var files = new RunFiles(folder.File("all"));
        var set = new MarketSet(markets);
        files.Strategies.Count.ShouldBe(5);
        var own = files.StrategyTrades().Where(t => t.Symbol == "CCC").ToList();
        own.Select(t => (t.EntryTime, t.ExitTime, t.EntryPrice, t.ExitPrice, t.Quantity, t.Sign))
            .ShouldBe(recorded.Select(t => (t.Entry, t.Exit, t.In, t.Out, t.Quantity, t.Sign)));
        AccountCheck.Strategies(files, set, Cash, Commission);
        AccountCheck.Portfolio(files, set, Cash, Commission);
        files.PortfolioTrades().Select(t => t.Symbol).Distinct().Count().ShouldBe(3);
        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        RunPage.Check(check, new RunFigures(files, set, Cash, Commission));
        check.Demand();
    }

    private sealed record Trade(DateTime Entry, DateTime Exit, double In, double Out, double Quantity, int Sign)
    {
        private double Profit => Sign * (Out - In) * Quantity;

        private double Costs => Commission * (In + Out) * Quantity;

        public string Line => string.Create(CultureInfo.InvariantCulture,
            $"CCC,{(Sign > 0 ? "long" : "short")},{Entry:yyyy-MM-dd},{Exit:yyyy-MM-dd},{In:R},{Out:R},{Sign * Quantity:R},{Profit:R},"
                + $"{Profit - Costs:R},{Costs:R},5\n");
    }

    // Left at a high or low: prices within the bars, which no order at the open has.
    private static List<Trade> Recorded(List<MarketBar> bars) =>
    [
        .. Enumerable.Range(1, bars.Count / 12 - 1).Select(i => (In: bars[12 * i], Out: bars[12 * i + 5], Sign: i % 3 == 0 ? -1 : 1))
            .Select(t => new Trade(t.In.Time, t.Out.Time, t.In.Open, t.Sign > 0 ? t.Out.High : t.Out.Low, 50, t.Sign)),
    ];
}
