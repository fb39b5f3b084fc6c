using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>A walk-forward whose account is ruined by a gap while it is short.</summary>
public sealed class WalkForwardRuinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-ruin-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Waves, so that averages cross, and one night on which the price is multiplied by twenty.
    private void Write(DateTime gap)
    {
        var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
        var factor = 1.0;
        for (var (day, i) = (new DateTime(2018, 1, 1), 0); day < new DateTime(2020, 12, 31); day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            if (day == gap) factor = 20;
            var close = factor * (100 + 20 * Math.Sin(i++ / 9.0));
            text.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{close:F2},{close * 1.01:F2},{close * 0.99:F2},{close:F2},1000\n");
        }
        File.WriteAllText(Path.Combine(_folder, "WAVE.csv"), text.ToString());
    }

    [Fact]
    public async Task The_loss_that_the_broker_bears_at_ruin_is_part_of_the_financing_and_all_figures_add_up()
    {
        // The wave falls from its crest in the middle of February 2020.
        var ruined = 0;
        foreach (var gap in (DateTime[])[new(2020, 2, 10), new(2020, 2, 24), new(2020, 3, 9), new(2020, 3, 23), new(2020, 4, 6)])
        {
            Write(gap);
            var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
                { "name": "test", "data": { "source": "csv:{{_folder}}", "symbols": "*", "timeframe": "1d" }, "account": { "cash": 100000 },
                  "execution": { "commissionPercent": 0.1, "leverage": 2, "borrowPercent": 1 },
                  "strategies": [ { "class": "SmaCross", "params": { "fast": [2, 3], "slow": [6, 8] }, "sides": "both",
                    "size": { "percentOfEquity": 90 } } ],
                  "walkForward": { "inSample": "1y", "outOfSample": "6mo", "warmUp": 0, "objective": "trades" } }
                """), _folder);
            var (_, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
                new BatchOptions { Out = Path.Combine(_folder, $"run-{gap:MMdd}"), Validation = false }, null,
                TestContext.Current.CancellationToken);
            var trades = outcome.Trades.Select(t => t.Trade).ToList();
            // Profit and loss, commission and financing of all trades explain the account, and each figure is the sum of the trades' own.
            (100_000 + trades.Sum(t => t.NetProfit)).ShouldBe(outcome.Statistics.FinalEquity, 1e-6);
            outcome.Statistics[ExposureMetrics.Financing].ShouldBe(trades.Sum(t => t.Financing), 1e-6);
            outcome.Statistics[TradeMetrics.Commission].ShouldBe(trades.Sum(t => t.Commission), 1e-6);
            if (!trades.Exists(t => t.Reason == ExitReason.Ruined)) continue;
            ruined++;
            outcome.Statistics.FinalEquity.ShouldBe(0);
            outcome.Statistics.IsRuined.ShouldBeTrue();
            outcome.Statistics[ExposureMetrics.Financing].ShouldBeGreaterThan(1_000_000);
        }
        ruined.ShouldBeGreaterThan(0);
    }
}
