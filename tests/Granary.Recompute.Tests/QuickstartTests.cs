using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The run of samples/quickstart.json, made once.</summary>
public sealed class QuickstartRun : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal RunFiles Files { get; private set; } = null!;

    internal IReadOnlyDictionary<string, List<MarketBar>> Markets { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = _folder.File("run");
        await GranaryCommand.RunAsync("backtest", Repository.Sample("quickstart.json"), "--out", folder, "--quiet");
        Files = new RunFiles(folder);
        Markets = Directory.GetFiles(Repository.Sample("data/1h"), "*.csv")
            .ToDictionary(f => Path.GetFileNameWithoutExtension(f), MarketBar.Read, StringComparer.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Every figure of the quickstart's files follows from its trades and bars.</summary>
public class QuickstartTests(QuickstartRun run) : IClassFixture<QuickstartRun>
{
    private const double Cash = 100_000, Commission = 0.0005;

    [Fact]
    public void Equity_of_the_portfolio_follows_from_its_trades_and_the_bars()
    {
        var rows = new RebuiltAccount(Cash, Commission).Rows(run.Files.PortfolioTrades(), run.Markets);
        Agreement.Demand(run.Files.Equity(), rows);
    }

    [Fact]
    public void Statistics_of_the_portfolio_follow_from_its_trades_and_the_bars()
    {
        var trades = run.Files.PortfolioTrades();
        var rows = new RebuiltAccount(Cash, Commission).Rows(trades, run.Markets);
        var curve = new CurveFigures([.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Equity)], Cash, 8760);
        Agreement.Demand(run.Files.PortfolioStats, curve, new TradeFigures(trades), "portfolio");
    }

    [Fact]
    public void Statistics_of_every_strategy_follow_from_its_trades_and_the_bars()
    {
        var trades = run.Files.StrategyTrades().ToLookup(t => t.Strategy, StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (var strategy in run.Files.Strategies)
        {
            var id = strategy.GetProperty("id").GetString()!;
            try
            {
                DemandStrategy(strategy, id, [.. trades[id]]);
            }
            catch (ShouldAssertException e)
            {
                failures.Add(e.Message);
            }
        }
        failures.ShouldBeEmpty($"{failures.Count} of {run.Files.Strategies.Count} strategies differ");
    }

    private void DemandStrategy(JsonElement strategy, string id, List<TradeRow> trades)
    {
        var symbol = strategy.GetProperty("symbol").GetString()!;
        var bars = run.Markets[symbol];
        if (strategy.GetProperty("timeframe").GetString() == "4h") bars = Resampled.ByHours(bars, 4);
        var rows = new RebuiltAccount(Cash, Commission).Rows(trades, new Dictionary<string, List<MarketBar>> { [symbol] = bars });
        var perYear = Calendar.PeriodsPerYear([.. rows.Select(r => r.Time)]);
        var curve = new CurveFigures([.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Equity)], Cash, perYear);
        var stats = strategy.GetProperty("stats");
        Agreement.Demand(stats, "periodsPerYear", perYear, id);
        Agreement.Demand(stats, curve, new TradeFigures(trades), id);
        Agreement.Demand(stats, "exposure", (double)rows.Count(r => r.IsInvested) / rows.Count, id);
        Agreement.Demand(stats, "commission", trades.Sum(t => t.Commission), id);
    }
}
