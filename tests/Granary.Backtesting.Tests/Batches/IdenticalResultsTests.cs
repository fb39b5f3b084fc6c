using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

public sealed class IdenticalResultsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-identical-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Samples => Path.Combine(SharedData.RepositoryRoot, "samples");

    private async Task<RunModel> RunAsync(string text, string name = "run")
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(text), Samples);
        return (await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name) }, null, TestContext.Current.CancellationToken)).Model;
    }

    // With its own exits switched off, the strategy's holding time acts on nothing.
    private static string Batch(string weights) => $$"""
        { "name": "twins", "data": { "source": "csv:data/1h", "symbols": ["ACME"], "timeframe": "1h" },
          "execution": { "commissionPercent": 0.05 },
          "strategies": [
            { "class": "VolatilityBreakout", "params": { "period": [10, 14], "multiplier": [1, 2], "hold": [5, 10, 20] },
              "size": { "percentOfEquity": 10 }, "stopLossPercent": 2, "takeProfitPercent": 4, "exitOnSignal": false },
            { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 50 }, "size": { "percentOfEquity": 10 } } ],
          "portfolio": { {{weights}} }, "outputs": ["results"] }
        """;

    [Theory]
    [InlineData("\"weights\": \"equal\"")]
    [InlineData("\"weights\": \"equal\", \"rebalance\": { \"every\": \"13w\", \"window\": \"13w\" }")]
    public async Task Strategies_with_identical_results_are_weighted_once_and_counted_as_one_trial(string weights)
    {
        var run = await RunAsync(Batch(weights));
        run.Strategies.Count.ShouldBe(14);
        var weighted = run.Strategies.Where(s => s.Weight != 0).ToList();
        weighted.Count.ShouldBe(6);
        weighted.Sum(s => s.Weight).ShouldBe(1, 1e-12);
        run.Section<ValidationFigures>()!.Trials.ShouldBe(6);
    }

    [Fact]
    public async Task Groups_of_identical_results_and_a_parameter_without_effect_are_reported()
    {
        var run = await RunAsync(Batch("\"weights\": \"winners\""));
        var duplicates = run.Notes.Single(n => n.Code == NoteCode.Duplicates);
        duplicates.Count.ShouldBe(12);
        duplicates.Sentence.ShouldContain("12 of 14 strategies");
        duplicates.Sentence.ShouldContain("4 groups");
        var effect = run.Notes.Single(n => n.Code == NoteCode.WithoutEffect);
        effect.Sentence.ShouldStartWith("VolatilityBreakout: the parameter hold (5, 10, 20) changes no result.");
        effect.Sentence.ShouldContain("exitOnSignal");
    }

    [Fact]
    public async Task The_quickstart_has_no_parameter_without_effect()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Samples, "quickstart.json"), TestContext.Current.CancellationToken);
        text.ShouldContain("\"symbols\": \"*\"");
        var run = await RunAsync(text.Replace("\"symbols\": \"*\"", "\"symbols\": [\"ACME\"]", StringComparison.Ordinal)
            .Replace("\"seed\": 1", "\"outputs\": [\"results\"], \"seed\": 1", StringComparison.Ordinal));
        run.Strategies.Count.ShouldBe(168);
        run.Notes.ShouldNotContain(n => n.Code == NoteCode.WithoutEffect);
        run.Notes.ShouldNotContain(n => n.Code == NoteCode.Duplicates);
    }
}
