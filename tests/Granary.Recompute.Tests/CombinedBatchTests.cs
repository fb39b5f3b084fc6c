using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

[assembly: AssemblyFixture(typeof(Granary.Recompute.Tests.CombinedRuns))]

namespace Granary.Recompute.Tests;

/// <summary>The combined batch, run once with all strategies, and once with the one that loses everything.</summary>
public sealed class CombinedRuns : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal CombinedBatch Batch { get; } = new();

    internal RunFiles Shared { get; private set; } = null!;

    internal RunFiles Ruined { get; private set; } = null!;

    /// <summary>Rebuilt once, for all tests.</summary>
    internal RunFigures SharedFigures { get; private set; } = null!;

    internal RunFigures RuinedFigures { get; private set; } = null!;

    /// <summary>Total returns of all strategies at double costs, with orders one bar later.</summary>
    internal IReadOnlyDictionary<string, double> Stressed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Shared = await RunAsync("close", "buy-and-hold", new JsonObject
        {
            ["weights"] = "equal",
            ["limits"] = new JsonObject { ["maxPositions"] = 14, ["maxSymbolPercent"] = 60 },
        });
        var ruin = Shared.Strategies.Select(s => s.GetProperty("id").GetString()!)
            .Single(id => id.Contains("ruin", StringComparison.Ordinal));
        Ruined = await RunAsync("mark", "NYSE", new JsonObject { ["weights"] = new JsonObject { [ruin] = 1 } });
        SharedFigures = new RunFigures(Shared, Batch.Markets, CombinedBatch.Cash, CombinedBatch.Commission, "buy-and-hold");
        RuinedFigures = new RunFigures(Ruined, Batch.Markets, CombinedBatch.Cash, CombinedBatch.Commission, "NYSE");
        var stressed = JsonNode.Parse(await File.ReadAllTextAsync(_folder.File("close.json")))!;
        (stressed["execution"]!["commissionPercent"], stressed["execution"]!["slippagePercent"]) = (CombinedBatch.Commission * 200, 0.02);
        stressed["execution"]!["latencyBars"] = 1;
        Stressed = await StressedRun.ReturnsAsync(_folder, stressed);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RunFiles> RunAsync(string atEnd, string benchmark, JsonObject portfolio)
    {
        await GranaryCommand.RunAsync("backtest", Batch.Write(_folder, atEnd, portfolio, benchmark), "--out", _folder.File("run-" + atEnd),
            "--quiet");
        return new RunFiles(_folder.File("run-" + atEnd));
    }
}

/// <summary>Every figure of a batch with ruin, an end of data, gaps, sessions and several time zones follows from its trades and
/// bars.</summary>
public class CombinedBatchTests(CombinedRuns runs)
{
    [Fact]
    public void The_combined_batch_has_what_makes_accounts_hard()
    {
        runs.Shared.StrategyTrades().ShouldContain(t => t.Reason == "ruined", "a strategy's account is ruined");
        runs.Ruined.PortfolioTrades().ShouldContain(t => t.Reason == "ruined", "the portfolio is ruined");
        runs.Shared.PortfolioTrades().ShouldContain(t => t.Reason == "data-ended", "a position is held when its symbol ends");
        runs.Shared.PortfolioTrades().Select(t => t.Symbol).Distinct().Count().ShouldBe(4, "all markets are traded");
    }

    [Fact]
    public void Longer_bars_are_counted_from_the_session_that_the_batch_declares()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var opens = runs.Shared.StrategyTrades().Where(t => t.Strategy.Contains("@NYSE:4h", StringComparison.Ordinal))
            .Select(t => TimeZoneInfo.ConvertTimeFromUtc(t.EntryTime, zone).TimeOfDay).Distinct().Order().ToArray();
        opens.ShouldBe([new TimeSpan(9, 30, 0), new TimeSpan(13, 30, 0)], "before daylight saving ends and after");
    }

    [Fact]
    public void Figures_of_the_combined_portfolio_follow_from_its_trades_and_the_bars() =>
        AccountCheck.Portfolio(runs.Shared, runs.Batch.Markets, CombinedBatch.Cash, CombinedBatch.Commission);

    [Fact]
    public void Figures_of_a_ruined_portfolio_follow_from_its_trades_and_the_bars() =>
        AccountCheck.Portfolio(runs.Ruined, runs.Batch.Markets, CombinedBatch.Cash, CombinedBatch.Commission);

    [Fact]
    public void Every_number_of_the_results_of_the_combined_batch_follows_from_its_trades_and_the_bars() =>
        Validation(runs.SharedFigures, "equal", "buy-and-hold");

    [Fact]
    public void Every_number_of_the_results_of_a_ruined_portfolio_follows_from_its_trades_and_the_bars() =>
        Validation(runs.RuinedFigures, "given", "NYSE");

    private void Validation(RunFigures run, string rule, string benchmark)
    {
        var check = new ResultsCheck(run.Files.Results);
        var worth = RunFigures.Worth(runs.Batch.Markets, benchmark);
        var figures = new ValidationFigures(FilteredStrategy.Of(run), run.Rows, CombinedBatch.Cash, rule, worth);
        var validation = new ValidationCheck(check, run.Files.Results, figures, runs.Stressed);
        validation.Check();
        new RunResults(check, run, rule).Check();
        validation.Demand();
    }

    [Fact]
    public void Every_column_of_the_files_of_the_combined_batch_follows_from_the_bars() =>
        new FileCheck(runs.Shared, runs.Batch.Markets, CombinedBatch.Commission).Demand();
}
