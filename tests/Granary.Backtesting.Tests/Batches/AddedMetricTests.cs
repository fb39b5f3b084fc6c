using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>
/// A metric that only these tests know is one definition; everything that shows or ranks metrics has it. For the wire see
/// MetricWireTests.
/// </summary>
public sealed class AddedMetricTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-metric-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly Metric ProfitPerBar = new("profitPerBar", "Net profit per bar")
    {
        Formula = "netProfit / periods",
        Source = "these tests",
        Unit = MetricUnit.Profit,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Trades,
        Needs = MetricParts.Account | MetricParts.Trades,
        Compute = static (in MetricInput m) => m.Trades.NetProfit / m.Account.Periods,
    };

    private static readonly MetricCatalogue Metrics = MetricCatalogue.BuiltIn.With(ProfitPerBar);

    private static BatchSpec Spec(string more, MetricCatalogue metrics) =>
        new BatchReader(TestCatalogues.All with { Metrics = metrics }).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
        { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
          "symbols": "ACME", "timeframe": "1h" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8, 13], "slow": [20, 30] },
            "size": { "percentOfEquity": 50 } } ]{{more}} }
        """), Path.GetTempPath());

    private BatchOptions Options => new() { Out = Path.Combine(_folder, "run"), Threads = 2, Validation = false };

    [Fact]
    public async Task An_added_metric_is_in_the_results_of_every_strategy_and_of_the_portfolio_and_in_the_report()
    {
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec(""", "portfolio": { "weights": "equal" } """, Metrics), Options, null, TestContext.Current.CancellationToken);

        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "results.json")));
        JsonElement[] accounts = [.. json.RootElement.GetProperty("strategies").EnumerateArray(),
            json.RootElement.GetProperty("portfolio")];
        accounts.Length.ShouldBe(7);
        foreach (var stats in accounts.Select(a => a.GetProperty("stats")))
        {
            stats.EnumerateObject().Last().Name.ShouldBe("profitPerBar");
            stats.GetProperty("profitPerBar").GetDouble()
                .ShouldBe(stats.GetProperty("netProfit").GetDouble() / stats.GetProperty("periods").GetDouble());
        }

        var page = File.ReadAllText(run.Report!);
        // In the table of the portfolio's trades with its formula, among what a strategy's row opens, and in the appendix.
        page.ShouldContain("title=\"netProfit / periods\">Net profit per bar</th>");
        page.ShouldMatch("id=\"strategy-metrics\" data-names=\"[^\"]*Net profit per bar\" data-formats=\"[^\"]*money\"");
        page.ShouldContain("<td class=\"formula\">netProfit / periods</td><td class=\"soft minor\">these tests</td>");
    }

    [Fact]
    public async Task An_added_metric_is_an_objective_in_its_own_direction()
    {
        const string Windows = """, "walkForward": { "inSample": "12w", "outOfSample": "6w", "objective": "profitPerBar" } """;
        Should.Throw<InputException>(() => Spec(Windows,
            MetricCatalogue.BuiltIn)).Message.ShouldContain("there is no statistic 'profitPerBar'");

        var (_, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec(Windows, Metrics), Options, null, TestContext.Current.CancellationToken);
        outcome.Spec.Objective.IsMinimised.ShouldBeTrue();
        var choices = outcome.Groups.SelectMany(g => g.Choices).ToList();
        choices.Count.ShouldBeGreaterThan(3);
        choices.ShouldAllBe(c => c.Objective == c.InSample!.NetProfit / c.InSample[ExposureMetrics.Periods]);
    }

    [Fact]
    public void An_added_metric_is_in_the_docs() => MetricPage.Markdown(Metrics).ShouldContain(
        "| `profitPerBar` | Net profit per bar | netProfit / periods | these tests | account currency | lower | strategies |\n");
}
