using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Tests.Validation;

/// <summary>What runs leave in the trial ledger, and what later runs read there.</summary>
public sealed class LedgerOfRunsTests : IDisposable
{
    private static readonly GranaryCatalogues s_catalogues = GranaryCataloguesBuilder.CreateDefault().Build();
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-counted-").FullName;
    private readonly TrialLedger _ledger;

    public LedgerOfRunsTests() => _ledger = new TrialLedger(Path.Combine(_folder, "trials"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Batch(string data = "", string portfolio = "\"weights\": \"equal\"", string fast = "[5, 8]", string symbol = "ACME",
        string more = "") => new BatchReader(s_catalogues).Read("counted.json", Encoding.UTF8.GetBytes($$"""
        { "name": "counted", "data": { "source": "generated:{{symbol}}?from=2018-01-01&to=2022-01-01&seed=5", "symbols": "*", "timeframe": "1d"
          {{data}} }, "execution": { "commissionPercent": 0.01 }, "strategies": [ { "class": "SmaCross", "params": { "fast": {{fast}},
          "slow": [20, 40] }, "size": { "percentOfEquity": 50 } } ], "portfolio": { {{portfolio}} }, "outputs": ["results"] {{more}} }
        """), _folder);

    private async Task<RunModel> RunAsync(BatchSpec spec, TrialLedger? ledger = null)
    {
        var options = new BatchOptions { Out = Path.Combine(_folder, "run"), Threads = 1, Validation = false };
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, ledger: ledger ?? _ledger).RunAsync(spec, options, null,
            TestContext.Current.CancellationToken);
        Directory.Delete(run.Folder, recursive: true);
        return run.Model;
    }

    private static ValidationFigures Figures(RunModel model) => model.Section<ValidationFigures>()!;

    private static ValidationCheck Check(RunModel model, string name) => model.Section<ValidationChecks>()![name];

    [Fact]
    public async Task The_same_strategies_with_other_rules_of_the_portfolio_are_more_trials()
    {
        var first = Figures(await RunAsync(Batch()));
        first.Trials.ShouldBe(4);
        var before = first.EffectiveTrials!.Value;
        var effective = new List<double>();
        string[] starts = ["2018-06-01", "2018-09-01", "2019-01-01", "2019-06-01", "2020-01-01", "2020-06-01", "2021-01-01", "2021-06-01"];
        foreach (var from in starts)
            foreach (var rule in (string[])["", ", \"limits\": { \"dailyLossPercent\": 0.3 }",
                ", \"enable\": { \"minTrades\": 2, \"minWinRate\": 0.5 }"])
            {
                var model = await RunAsync(Batch(portfolio: $"\"weights\": \"equal\", \"from\": \"{from}\"{rule}"));
                effective.Add(Figures(model).EffectiveTrials!.Value);
            }
        var last = await RunAsync(Batch());
        Figures(last).Trials.ShouldBe(4);
        Figures(last).NewTrials.ShouldBe(0);
        Figures(last).EffectiveTrials!.Value.ShouldBeGreaterThan(before + 1);
        effective.ShouldBeInOrder(SortDirection.Ascending);
        Figures(last).Conclusions.ShouldContain(c => c.Contains("different portfolios of them", StringComparison.Ordinal));
        // A portfolio that did the same is none.
        var again = Figures(await RunAsync(Batch(portfolio: "\"weights\": \"equal\", \"limits\": { \"maxPositions\": 50 }")));
        again.EffectiveTrials.ShouldBe(Figures(last).EffectiveTrials);
        Check(await RunAsync(Batch(), TrialLedger.None), ValidationChecks.DeflatedSharpe).Sentence.ShouldContain("no trial ledger is kept");
    }

    [Fact]
    public async Task Parts_of_the_bars_copies_under_another_name_and_other_timeframes_count_together()
    {
        (Figures(await RunAsync(Batch(fast: "[3, 4, 5, 6]")))).Trials.ShouldBe(8);
        Figures(await RunAsync(Batch(data: ", \"from\": \"2020-06-01\"", fast: "9"))).Trials.ShouldBe(10);
        Figures(await RunAsync(Batch(data: ", \"to\": \"2019-01-01\"", fast: "9"))).Trials!.Value.ShouldBeGreaterThanOrEqualTo(10);
        // Another market of the same time, whose trials of the same class are siblings.
        var other = await RunAsync(Batch(symbol: "BOLT", fast: "9"));
        Figures(other).Trials.ShouldBe(2);
        Figures(other).Conclusions.ShouldContain(c =>
            c.Contains("10 combinations of the same strategy classes on other markets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Weights_are_said_to_stand_before_the_bars_only_if_the_ledger_shows_it()
    {
        const string Chosen = "2020-06-01";
        var seen = await RunAsync(Batch(data: $", \"to\": \"{Chosen}\"", portfolio: "\"weights\": \"winners\""));
        var weights = new JsonObject(seen.Strategies.Where(s => s.Weight != 0)
            .Select(s => KeyValuePair.Create(s.Id, (JsonNode?)s.Weight)));
        string Given(string time, double factor = 1) => "\"weights\": " + new JsonObject(weights.Select(w =>
            KeyValuePair.Create(w.Key, (JsonNode?)((double)w.Value! * factor)))).ToJsonString() + $", \"chosenBefore\": \"{time}\"";

        var true_ = Check(await RunAsync(Batch(portfolio: Given(Chosen, factor: 3))), ValidationChecks.OutOfSample);
        true_.Sentence.ShouldContain("from 2020-06-0", customMessage: "the same ratios");
        // Of weights that no run had, or not by that time, nothing is known.
        Check(await RunAsync(Batch(portfolio: Given("2019-01-01"))), ValidationChecks.OutOfSample).Sentence
            .ShouldContain("portfolio.chosenBefore says that the weights were chosen before 2019-01-01, and the trial ledger has no run");
        var elsewhere = await RunAsync(Batch(portfolio: Given(Chosen)), new TrialLedger(Path.Combine(_folder, "other")));
        Check(elsewhere, ValidationChecks.OutOfSample).State.ShouldBe(ValidationState.Missing);
        // Found on all bars, then run on the earlier ones: too late.
        const string Found = "\"weights\": { \"SmaCross(fast=8,slow=40)@ACME:1d\": 1 }";
        await RunAsync(Batch(portfolio: Found));
        await RunAsync(Batch(data: $", \"to\": \"{Chosen}\"", portfolio: Found));
        Check(await RunAsync(Batch(portfolio: Found + $", \"chosenBefore\": \"{Chosen}\"")), ValidationChecks.OutOfSample).State
            .ShouldBe(ValidationState.Missing);
    }

    [Fact]
    public async Task Walk_forwards_with_other_windows_are_trials()
    {
        async Task<ValidationFigures> FoldsAsync(int inSample, int outOfSample)
        {
            var spec = Batch(more: string.Create(CultureInfo.InvariantCulture,
                $", \"walkForward\": {{ \"inSample\": \"{inSample}d\", \"outOfSample\": \"{outOfSample}d\" }}"));
            var options = new BatchOptions { Out = Path.Combine(_folder, "folds"), Threads = 1, Validation = false };
            var (run, _) = await new WalkForwardRunner(new EmbeddedHost(1), TimeProvider.System, _ledger).RunAsync(spec, options, null,
                TestContext.Current.CancellationToken);
            Directory.Delete(run.Folder, recursive: true);
            return Figures(run.Model);
        }
        await FoldsAsync(200, 50);
        var last = await FoldsAsync(310, 50);
        (last.Trials, last.NewTrials).ShouldBe((4L, 0L));
        last.Conclusions.ShouldContain(c => c.Contains("with 2 different portfolios of them", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_names_no_ledger_has_that_of_the_user_which_tests_set_to_none()
    {
        TrialLedger.OfUser().IsNone.ShouldBeTrue();
        var options = new BatchOptions { Out = Path.Combine(_folder, "program"), Threads = 1, Validation = false };
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(Batch(), options, null,
            TestContext.Current.CancellationToken);
        Figures(run.Model).Conclusions.ShouldContain(
            "No trial ledger is kept, so the trials of other runs are not counted, and every figure above flatters.");
    }
}
