using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What must hold for any batch holds for a thousand drawn ones.</summary>
public class RandomBatchTests
{
    private const int BatchesPerCase = 100;

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, 10).Select(i => i * BatchesPerCase)];

    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public async Task Figures_of_random_batches_follow_from_their_trades_and_bars(int firstSeed)
    {
        var failures = new List<string>();
        for (var seed = firstSeed; seed < firstSeed + BatchesPerCase; seed++)
        {
            try
            {
                await DemandAsync(seed);
            }
            catch (ShouldAssertException e)
            {
                failures.Add($"seed {seed}: {e.Message}");
            }
        }
        failures.ShouldBeEmpty();
    }

    private static async Task DemandAsync(int seed)
    {
        using var folder = new TemporaryFolder();
        var batch = new RandomBatch(seed);
        await GranaryCommand.RunAsync("backtest", batch.Write(folder), "--out", folder.File("run"), "--quiet");
        var files = new RunFiles(folder.File("run"));
        DemandPortfolio(batch, files);
        var trades = files.StrategyTrades().ToLookup(t => t.Strategy, StringComparer.Ordinal);
        foreach (var strategy in files.Strategies)
        {
            var (id, symbol) = (strategy.GetProperty("id").GetString()!, strategy.GetProperty("symbol").GetString()!);
            List<TradeRow> own = [.. trades[id]];
            var rows = new RebuiltAccount(RandomBatch.Cash, batch.Commission).Rows(own, batch.Markets.Where(m => m.Key == symbol).ToDictionary());
            DemandStatistics(strategy.GetProperty("stats"), rows, own, id);
        }
    }

    private static void DemandPortfolio(RandomBatch batch, RunFiles files)
    {
        var trades = files.PortfolioTrades();
        var traded = files.Strategies.Where(s => s.GetProperty("weight").GetDouble() != 0).Select(s => s.GetProperty("symbol").GetString()!).ToHashSet();
        if (traded.Count == 0) return;
        var rows = new RebuiltAccount(RandomBatch.Cash, batch.Commission).Rows(trades, batch.Markets.Where(m => traded.Contains(m.Key)).ToDictionary());
        Agreement.Demand(files.Equity(), rows);
        DemandStatistics(files.PortfolioStats, rows, trades, "portfolio");

        var closed = trades.Where(t => !t.IsOpen).Sum(t => t.NetProfit);
        var open = trades.Where(t => t.IsOpen).Sum(t => t.Sign * t.Quantity * (batch.Markets[t.Symbol][^1].Close - t.EntryPrice) - t.Quantity * t.EntryPrice * batch.Commission);
        (rows[^1].Equity - RandomBatch.Cash).ShouldBe(closed + open, 1e-6 * RandomBatch.Cash, "closed profit and open marks add up to the change of equity");
    }

    private static void DemandStatistics(System.Text.Json.JsonElement stats, List<EquityRow> rows, List<TradeRow> trades, string name)
    {
        List<DateTime> times = [.. rows.Select(r => r.Time)];
        var perYear = Calendar.PeriodsPerYear(times);
        Agreement.Demand(stats, "periodsPerYear", perYear, name);
        Agreement.Demand(stats, new CurveFigures(times, [.. rows.Select(r => r.Equity)], RandomBatch.Cash, perYear), new TradeFigures(trades), name);
        Agreement.Demand(stats, "exposure", (double)rows.Count(r => r.Exposure > 0) / rows.Count, name);
        Agreement.Demand(stats, "commission", trades.Sum(t => t.Commission), name);
    }
}
