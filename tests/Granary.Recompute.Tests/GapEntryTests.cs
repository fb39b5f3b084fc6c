using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;
using Granary.Testing;

namespace Granary.Recompute.Tests;

/// <summary>
/// Entries that gap up beyond the cash: the rules of docs/batch-file.md give each quantity and the final equity from the bars and the times
/// of the trades alone. In the real bars YHOO opens on 1999-12-01 at 57.5, after a close of 53.1875.
/// </summary>
public class GapEntryTests
{
    private const double Cash = 100_000, Commission = 0.001, Size = 0.95;

    public static TheoryData<bool> Data => [.. SharedData.IsSynthetic];

    [Theory]
    [MemberData(nameof(Data))]
    public async Task An_entry_that_gaps_up_beyond_the_cash_is_resized_to_what_is_payable_or_rejected(bool isSynthetic)
    {
        using var folder = new TemporaryFolder();
        var bars = isSynthetic ? Drawn() : Real(SharedData.Require("data/backtrader/yhoo-1996-2014.txt"));
        MarketBar.Write(folder.File("data/YHOO.csv"), bars);
        var resized = await RunAsync(folder, "resize");
        var rejected = await RunAsync(folder, "reject");

        var (withGaps, reduced) = Follow(bars, resized.PortfolioTrades());
        var (without, none) = Follow(bars, rejected.PortfolioTrades());
        reduced.ShouldNotBeEmpty();
        none.ShouldBeEmpty("every other entry is paid in full");
        if (!isSynthetic) reduced.ShouldContain(new DateTime(1999, 12, 1, 0, 0, 0, DateTimeKind.Utc));
        resized.PortfolioStats.GetProperty("finalEquity").GetDouble().ShouldBe(withGaps, 1e-6 * withGaps);
        rejected.PortfolioStats.GetProperty("finalEquity").GetDouble().ShouldBe(without, 1e-6 * without);
        Notes(resized).ShouldContain(s => s.Contains($" {reduced.Count} at the fill", StringComparison.Ordinal));
        // The strategy's own account rejects in both, as the oracles demand.
        foreach (var run in new[] { resized, rejected })
            run.StrategyTrades().Select(t => t.EntryTime).Intersect(reduced).ShouldBeEmpty();
        rejected.PortfolioTrades().Select(t => t.EntryTime).Intersect(reduced).ShouldBeEmpty();
    }

    private static List<MarketBar> Drawn() =>
        new RandomMarket(61).Bars(RandomMarket.Weekdays(new DateTime(2010, 1, 4, 0, 0, 0, DateTimeKind.Utc), 2_000), 0.09);

    // Date, open, high, low, close, adjusted close, volume.
    private static List<MarketBar> Real(string path) => [.. File.ReadLines(path).Skip(1).Select(l => l.Split(',')).Select(c =>
        new MarketBar(DateTime.SpecifyKind(DateTime.Parse(c[0]), DateTimeKind.Utc), double.Parse(c[1]), double.Parse(c[2]),
            double.Parse(c[3]), double.Parse(c[4]), double.Parse(c[6])))];

    private static IEnumerable<string> Notes(RunFiles run) =>
        run.Results.GetProperty("notes").EnumerateArray().Select(n => n.GetProperty("sentence").GetString()!);

    private static async Task<RunFiles> RunAsync(TemporaryFolder folder, string policy)
    {
        var batch = new JsonObject
        {
            ["name"] = policy,
            ["data"] = new JsonObject { ["source"] = "csv:data", ["symbols"] = "*", ["timeframe"] = "1d" },
            ["execution"] = new JsonObject { ["commissionPercent"] = 100 * Commission },
            ["strategies"] = JsonNode.Parse("""
                [{ "class": "RsiReversion", "params": { "period": 3, "low": 40, "high": 70 }, "sides": "long",
                   "size": { "percentOfEquity": 95 } }]
                """),
            ["portfolio"] = new JsonObject { ["weights"] = "equal", ["onInsufficientCash"] = policy },
            ["outputs"] = "all",
        };
        await GranaryCommand.RunAsync("backtest", folder.Write(policy + ".json", batch.ToJsonString()), "--out", folder.File(policy),
            "--quiet", "--no-guards");
        return new RunFiles(folder.File(policy));
    }

    /// <summary>One position at a time: 95 % of the cash at the close of the signal, at most what the cash pays at the open.</summary>
    /// <returns>The final equity, and the times of entries that the open made smaller.</returns>
    private static (double Equity, List<DateTime> Reduced) Follow(List<MarketBar> bars, IReadOnlyList<TradeRow> trades)
    {
        var at = bars.Index().ToDictionary(b => b.Item.Time, b => b.Index);
        var (cash, reduced) = (Cash, new List<DateTime>());
        foreach (var trade in trades.OrderBy(t => t.EntryTime))
        {
            var (entry, signal) = (bars[at[trade.EntryTime]], bars[at[trade.EntryTime] - 1]);
            var asked = Size * cash / signal.Close;
            var payable = cash / (entry.Open * (1 + Commission));
            var quantity = Math.Min(asked, payable);
            if (payable < asked) reduced.Add(trade.EntryTime);
            trade.EntryPrice.ShouldBe(entry.Open);
            trade.Quantity.ShouldBe(quantity, 1e-6 * quantity, $"entry of {trade.EntryTime:yyyy-MM-dd}");
            var price = trade.IsOpen ? bars[^1].Close : bars[at[trade.ExitTime]].Open;
            cash += quantity * (price * (trade.IsOpen ? 1 : 1 - Commission) - entry.Open * (1 + Commission));
        }
        return (cash, reduced);
    }
}
