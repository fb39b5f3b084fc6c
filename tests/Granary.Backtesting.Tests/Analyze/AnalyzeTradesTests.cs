using System.Globalization;
using System.Text;
using Granary.Backtesting.Analyze;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Backtesting.Tests.Analyze;

/// <summary>Trades whose exits have several rows, against the same trades with one row each.</summary>
public sealed class AnalyzeTradesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-analyze-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Five trades that win 1, 2, 3, 4 and 5 %, each closed in this number of rows.
    private TradeAnalysis Analyzed(int parts)
    {
        var text = new StringBuilder("symbol,side,quantity,entry_time,entry_price,exit_time,exit_price,pnl,commission,pnl_net\n");
        for (var trade = 0; trade < 5; trade++)
            for (var part = 0; part < parts; part++)
                text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                    $"ACME,long,{8.0 / parts},2024-01-{1 + 4 * trade:00}T10:00:00Z,100,2024-01-{2 + 4 * trade:00}T{10 + part}:00:00Z,"
                        + $"{101 + trade},{(1 + trade) * 8.0 / parts},0,{(1 + trade) * 8.0 / parts}"));
        var path = Path.Combine(_folder, $"{parts}.csv");
        File.WriteAllText(path, text.ToString());
        return AnalyzeTrades.Run(path, trials: 3);
    }

    // Lots of 100,000, of which 13 trades win 35 and 7 lose 35, with 0.70 of commission each; one is closed in two deals.
    [Fact]
    public void Deals_of_MetaTrader_count_in_the_lots_that_their_profits_show()
    {
        var text = new StringBuilder("Time,Deal,Symbol,Type,Direction,Volume,Price,Order,Commission,Fee,Swap,Profit,Balance,Comment\n");
        text.AppendLine("2024.01.01 00:00:00,0,,balance,,,,,0,0,0,10000.00,10000.00,");
        for (var trade = 0; trade < 20; trade++)
        {
            var (price, profit) = trade < 13 ? ("1.10350", "35.00") : ("1.09650", "-35.00");
            var day = $"2024.01.{2 + trade:00}";
            text.AppendLine(CultureInfo.InvariantCulture, $"{day} 10:00:00,1,EURUSD,buy,in,0.10,1.10000,1,-0.35,0,0,0.00,,");
            if (trade > 0)
                text.AppendLine(CultureInfo.InvariantCulture, $"{day} 15:00:00,2,EURUSD,sell,out,0.10,{price},2,-0.35,0,0,{profit},,");
            else
                for (var part = 0; part < 2; part++)
                    text.AppendLine(CultureInfo.InvariantCulture,
                        $"{day} 1{5 + part}:00:00,2,EURUSD,sell,out,0.05,{price},2,-0.175,0,0,17.50,,");
        }
        var path = Path.Combine(_folder, "deals.csv");
        File.WriteAllText(path, text.ToString());
        AnalyzeTrades.Run(path).All[TradeMetrics.Expectancy].ShouldBe((13 * 35 - 7 * 35 - 20 * 0.70) / 20, 1e-9);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Rows_of_one_entry_are_one_trade(int parts)
    {
        var (whole, cut) = (Analyzed(1), Analyzed(parts));
        foreach (var (metric, value) in whole.All.Listed())
            if (double.IsFinite(value)) cut.All[metric].ShouldBe(value, 1e-9 * Math.Max(1, Math.Abs(value)), metric.Key);
            else cut.All[metric].ShouldBe(value, metric.Key);
        cut.Return.PValue.ShouldBe(whole.Return.PValue, 1e-12);
        cut.Return.Low.ShouldBe(whole.Return.Low, 1e-12);
        cut.CorrectedPValue.ShouldBe(whole.CorrectedPValue, 1e-12);
        (cut.All.Trades, cut.Rows).ShouldBe((5, 5 * parts));
        cut.Notes.Single().ShouldContain($"{5 * parts} rows are 5 closed trades");
        whole.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Other_entries_at_the_same_time_are_trades_of_their_own()
    {
        var path = Path.Combine(_folder, "others.csv");
        File.WriteAllText(path, """
            strategy,symbol,side,quantity,entry_time,entry_price,exit_time,exit_price,pnl,commission,pnl_net
            a,ACME,long,1,2024-01-01,100,2024-01-05,101,1,0,1
            b,ACME,long,1,2024-01-01,100,2024-01-05,101,1,0,1
            a,ACME,short,1,2024-01-01,100,2024-01-05,101,-1,0,-1
            a,BOLT,long,1,2024-01-01,100,2024-01-05,101,1,0,1
            a,ACME,long,1,2024-01-01,99,2024-01-05,101,2,0,2
            a,ACME,long,1,2024-01-02,100,2024-01-05,101,1,0,1
            """);
        AnalyzeTrades.Run(path).All.Trades.ShouldBe(6);
    }
}
