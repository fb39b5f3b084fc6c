using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Verification;

/// <summary>The look-ahead check of strategies that send orders themselves: such an order becomes a signal only with its fill.</summary>
public sealed class OwnOrdersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-own-orders-").FullName;

    public OwnOrdersTests()
    {
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<LookAheadResult> VerifyAsync(string symbols, string strategy, int seed, string timeframe)
    {
        var source = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        if (timeframe == "1d") source = DailyBars(source);
        var spec = new BatchReader(TestCatalogues.All).Read("orders.json", Encoding.UTF8.GetBytes($$"""
            { "name": "orders", "data": { "source": "csv:{{source}}", "symbols": {{symbols}}, "timeframe": "{{timeframe}}" },
              "strategies": [ {{strategy}} ], "seed": {{seed}} }
            """), _folder);
        var run = Path.Combine(_folder, $"run-{seed}");
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec, new BatchOptions { Out = run, Validation = false });
        var cancellation = TestContext.Current.CancellationToken;
        return (await VerifyRun.RunAsync(run, TestCatalogues.All, new EmbeddedHost(1), TimeProvider.System,
            LookAheadEffort.OfCuts(int.MaxValue, 12), null, cancellation)).LookAhead;
    }

    // The last hour of each day, as daily bars.
    private string DailyBars(string source)
    {
        var daily = Directory.CreateDirectory(Path.Combine(_folder, "daily")).FullName;
        foreach (var file in Directory.GetFiles(source, "*.csv"))
        {
            var lines = File.ReadAllLines(file);
            File.WriteAllLines(Path.Combine(daily, Path.GetFileName(file)), [lines[0],
                .. lines.Skip(1).GroupBy(l => l[..10])
                    .Select(day => day.Key + day.Last()[day.Last().IndexOf(',', StringComparison.Ordinal)..])]);
        }
        return daily;
    }

    [Theory]
    [InlineData("""{ "class": "MonthlyRebalance" }""", 1)]
    [InlineData("""{ "class": "MonthlyRebalance" }""", 2)]
    [InlineData("""{ "class": "MonthlyRebalance" }""", 3)]
    [InlineData("""{ "class": "SymbolAllocation", "params": { "window": 20, "every": "1w" } }""", 1)]
    [InlineData("""{ "class": "SymbolAllocation", "params": { "method": "maximum-sharpe", "window": 30, "percent": 100 } }""", 2)]
    public async Task A_rebalance_is_not_accused_whatever_the_bars_do_after_its_orders(string strategy, int seed)
    {
        var result = await VerifyAsync("\"*\"", strategy, seed, "1d");
        result.Found.ShouldBeEmpty();
        result.Cuts.ShouldBeGreaterThan(6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_veto_of_the_next_bar_on_an_order_of_its_own_is_caught(int seed)
    {
        var result = await VerifyAsync("\"COINUSDT\"", """{ "class": "OrderVeto" }""", seed, "1h");
        result.Found.ShouldHaveSingleItem().Sentence.ShouldContain("order");
        (await VerifyAsync("\"COINUSDT\"", """{ "class": "OrderVeto", "params": { "peeks": false } }""", seed + 10, "1h"))
            .Found.ShouldBeEmpty();
    }
}
