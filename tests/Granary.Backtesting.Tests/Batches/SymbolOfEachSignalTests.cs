using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Rows of strategies over several symbols name the one symbol that they belong to.</summary>
public sealed class SymbolOfEachSignalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-symbols-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<BatchRun> RunAsync(string strategy)
    {
        foreach (var (symbol, phase) in new[] { ("ACME", 0), ("BOLT", 2), ("CURE", 4) })
            File.WriteAllLines(Path.Combine(_folder, symbol + ".csv"), Enumerable.Range(0, 200).Select(i =>
            {
                var price = 100 + 20 * Math.Sin(i / 15.0 + phase);
                return FormattableString.Invariant(
                    $"{new DateTime(2024, 1, 1).AddDays(i):yyyy-MM-dd},{price:F2},{price + 1:F2},{price - 1:F2},{price:F2},1000");
            }).Prepend("date,open,high,low,close,volume"));
        var spec = new BatchReader(TestCatalogues.All).Read("symbols.json", Encoding.UTF8.GetBytes($$"""
            { "name": "symbols", "data": { "source": "csv:{{_folder}}", "symbols": "*", "timeframe": "1d",
              "instruments": { "BOLT": { "multiplier": 5 } } }, "account": { "cash": 1000000 },
              "strategies": [ {{strategy}} ], "portfolio": { "weights": "equal" } }
            """), _folder);
        return await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });
    }

    private static List<Dictionary<string, string>> Rows(BatchRun run, string file) => CsvRows.Of(Path.Combine(run.Folder, file));

    [Theory]
    [InlineData("""{ "class": "MomentumRank", "params": { "lookback": 10, "every": 5 }, "size": { "percentOfEquity": 20 } }""", true)]
    [InlineData("""{ "class": "MonthlyRebalance", "params": { "percent": 80 } }""", false)]
    public async Task Each_signal_and_each_factor_row_has_the_symbol_of_its_trade(string strategy, bool hasFactors)
    {
        var run = await RunAsync(strategy);
        var trades = Rows(run, "trades.csv");
        var signals = Rows(run, "signals.csv");
        signals.Select(s => s["symbol"]).Distinct().Order().ShouldBe(["ACME", "BOLT", "CURE"]);
        foreach (var signal in signals.Where(s => s["entry_time"].Length > 0))
            trades.ShouldContain(t => t["symbol"] == signal["symbol"] && t["entry_time"] == signal["entry_time"]
                && t["entry_price"] == signal["entry_price"]);
        var factors = Rows(run, "factors.csv");
        (factors.Count > 0).ShouldBe(hasFactors);
        var symbolOf = signals.ToDictionary(s => s["number"], s => s["symbol"]);
        foreach (var factor in factors) factor["symbol"].ShouldBe(symbolOf[factor["number"]]);
        foreach (var file in (string[])["trades.csv", "portfolio_trades.csv", "portfolio_fills.csv"])
            Rows(run, file).ShouldAllBe(r => r["symbol"].Length == 4, file);
    }

    [Fact]
    public async Task The_return_of_a_trade_counts_the_multiplier_of_its_own_symbol()
    {
        var trades = Rows(await RunAsync("""{ "class": "MonthlyRebalance", "params": { "percent": 80 } }"""), "trades.csv");
        double Of(Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);
        foreach (var trade in trades)
            Of(trade, "return").ShouldBe(Of(trade, "pnl_net") / (Of(trade, "quantity") * Of(trade, "entry_price")
                * (trade["symbol"] == "BOLT" ? 5 : 1)), 1e-9);
    }
}
