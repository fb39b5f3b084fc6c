using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Validation;

public sealed class BatchChecksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-guards-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BatchSpec Spec(string strategies, string more = "", string costs = "\"commissionPercent\": 0.02") =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
            { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
              ["ACME", "COINUSDT"], "timeframe": "1h" }, "execution": { {{costs}} }, "strategies": [ {{strategies}} ] {{more}} }
            """), Path.GetTempPath());

    private async Task<JsonElement> RunAsync(string name, BatchSpec spec, TrialLedger? ledger = null, bool checks = true)
    {
        var folder = Path.Combine(_folder, name);
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System, ledger: ledger).RunAsync(spec,
            new BatchOptions { Out = folder, Validation = checks });
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement;
    }

    private const string Sweep = """{ "class": "SmaCross", "params": { "fast": [5, 8, 13], "slow": [20, 30, 50] } }""";

    [Fact]
    public async Task A_sweep_is_judged_by_all_trials_on_its_bars_and_not_by_its_own_alone()
    {
        var ledger = new TrialLedger(Path.Combine(_folder, "trials"));
        var alone = await RunAsync("one", Spec("""{ "class": "SmaCross", "params": { "fast": 8, "slow": 30 } }"""), ledger);
        var sweep = await RunAsync("sweep", Spec(Sweep), ledger);
        var again = await RunAsync("again", Spec("""{ "class": "SmaCross", "params": { "fast": 8, "slow": 30 } }"""), ledger);
        alone.GetProperty("guards").GetProperty("trials").GetInt64().ShouldBe(2);
        sweep.GetProperty("guards").GetProperty("trials").GetInt64().ShouldBe(18);
        sweep.GetProperty("guards").GetProperty("newTrials").GetInt64().ShouldBe(16);
        again.GetProperty("guards").GetProperty("trials").GetInt64().ShouldBe(18);
        double Deflated(JsonElement run) => run.GetProperty("strategies")[0].GetProperty("stats").GetProperty("deflatedSharpe").GetDouble();
        Deflated(again).ShouldBeLessThan(Deflated(alone));
        sweep.GetProperty("portfolio").GetProperty("stats").GetProperty("probabilityOfOverfitting").GetDouble().ShouldBeInRange(0, 1);
        sweep.GetProperty("digest").GetString().ShouldNotBeNull();
    }

    [Fact]
    public async Task Prod_json_has_all_five_checks_and_without_the_overfitting_checks_two_are_missing()
    {
        await RunAsync("with", Spec(Sweep));
        await RunAsync("without", Spec(Sweep), checks: false);
        ValidationChecks Of(string run) => ValidationReader.Read(JsonPart.Parse("prod.json",
            File.ReadAllBytes(Path.Combine(_folder, run, "prod.json"))))!;
        foreach (var check in ValidationChecks.Checks) Of("with")[check].State.ShouldNotBe(ValidationState.Missing, check);
        Of("with")[ValidationChecks.Causality].State.ShouldBe(ValidationState.Passed);
        Of("without")[ValidationChecks.Causality].State.ShouldBe(ValidationState.Missing);
        Of("without")[ValidationChecks.CostStress].State.ShouldBe(ValidationState.Missing);
        Of("without").Decide().MayBeTraded.ShouldBeFalse();
    }

    [Fact]
    public async Task The_overfitting_checks_change_no_digest()
    {
        var with = await RunAsync("with", Spec(Sweep), new TrialLedger(Path.Combine(_folder, "trials")));
        var without = await RunAsync("without", Spec(Sweep), checks: false);
        with.GetProperty("digest").GetString().ShouldBe(without.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_is_reported_and_its_check_is_missing()
    {
        var file = Path.Combine(_folder, "a-file");
        File.WriteAllText(file, "");
        var run = await RunAsync("run", Spec(Sweep), new TrialLedger(file));
        run.GetProperty("guards").GetProperty("ledger").GetString().ShouldNotBeNull();
        run.GetProperty("evidence").GetProperty(ValidationChecks.DeflatedSharpe).GetProperty("state").GetString().ShouldBe("missing");
    }

    private sealed class StopAtFirst(CancellationTokenSource stop) : IProgress<BatchProgress>
    {
        public void Report(BatchProgress value) => stop.Cancel();
    }

    [Fact]
    public async Task A_resumed_run_is_checked_like_one_that_was_not_interrupted()
    {
        var whole = await RunAsync("whole", Spec(Sweep));
        // The log of what had finished holds the traces too.
        using var stop = new CancellationTokenSource();
        var folder = Path.Combine(_folder, "resumed");
        // At once, in the call that reports: later the run may be at its checks.
        var progress = new StopAtFirst(stop);
        var ledger = new TrialLedger(Path.Combine(_folder, "trials"));
        var first = await new BatchRunner(new EmbeddedHost(1, 16), TimeProvider.System, ledger: ledger).RunAsync(Spec(Sweep),
            new BatchOptions { Out = folder }, progress, stop.Token);
        // What had finished has been seen, and counts.
        foreach (var market in first.Model.Markets)
            ledger.Count(market.Hash).ShouldBe(first.Model.Strategies.Count(s => s.Symbol == market.Symbol && s.Stats is not null));
        if (first.Interrupted) await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(Spec(Sweep),
            new BatchOptions { Out = folder, Resume = true });
        var resumed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement;
        resumed.GetProperty("guards").GetRawText().ShouldBe(whole.GetProperty("guards").GetRawText());
    }

    [Fact]
    public async Task Double_costs_are_missing_where_costs_are_zero_and_a_note_says_so()
    {
        var free = await RunAsync("free", Spec(Sweep, costs: ""));
        free.GetProperty("evidence").GetProperty(ValidationChecks.CostStress).GetProperty("state").GetString().ShouldBe("missing");
        free.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetProperty("code").GetString() == "no-costs");
        var costly = await RunAsync("costly", Spec(Sweep));
        costly.GetProperty("notes").EnumerateArray().ShouldNotContain(n => n.GetProperty("code").GetString() == "no-costs");
    }

    [Fact]
    public async Task Commission_that_adds_up_to_a_gain_is_named_in_the_verdict_and_is_no_gain_under_stress()
    {
        // Limit orders that rest, with their targets: more orders of makers than of takers.
        const string Makers = """
            { "class": "RsiReversion", "params": { "period": 3, "low": 30, "high": 70 }, "sides": "both", "size": { "percentOfEquity": 50 },
              "entryOrder": "limit", "entryOffsetPercent": 0.2, "takeProfitPercent": 0.3 }
            """;
        const string Equal = ", \"portfolio\": { \"weights\": \"equal\" }";
        var run = await RunAsync("rebate", Spec(Makers, Equal, "\"commissionPercent\": 0.001, \"commissionMakerPercent\": -0.05"));
        var commission = run.GetProperty("portfolio").GetProperty("stats").GetProperty("commission").GetDouble();
        commission.ShouldBeLessThan(0);
        var conclusions = run.GetProperty("guards").GetProperty("conclusions").EnumerateArray().Select(c => c.GetString()!).ToList();
        var named = FormattableString.Invariant($"ommission adds up to a gain of {-commission:#,0.##} of rebates");
        conclusions.ShouldContain(c => c.StartsWith("C" + named, StringComparison.Ordinal));
        conclusions.ShouldAllBe(c => !c.Contains("thin costs"));
        var stress = run.GetProperty("evidence").GetProperty(ValidationChecks.CostStress);
        stress.GetProperty("sentence").GetString().ShouldNotBeNull().ShouldContain("c" + named);
        ValidationReader.Verdict(JsonPart.Parse("results.json", Encoding.UTF8.GetBytes(run.GetRawText()))).Sentence
            .ShouldEndWith(FormattableString.Invariant($"; commission adds up to a gain of {-commission:#,0.##}"));

        // A rebate without any cost is no cost of zero, and there is none to double.
        var alone = await RunAsync("alone", Spec(Makers, Equal, "\"commissionMakerPercent\": -0.05"));
        alone.GetProperty("notes").EnumerateArray().Single(n => n.GetProperty("code").GetString() == "no-costs")
            .GetProperty("sentence").GetString().ShouldNotBeNull()
            .ShouldStartWith("No cost is above zero: the batch sets a rebate for makers");
        alone.GetProperty("evidence").GetProperty(ValidationChecks.CostStress).GetProperty("sentence").GetString().ShouldNotBeNull()
            .ShouldStartWith("no cost is above zero, since makers are paid");

        // Under stress there is no rebate: what is left is twice the commission of the takers, as without a rebate.
        var none = await RunAsync("none", Spec(Makers, Equal, "\"commissionPercent\": 0.001, \"commissionMakerPercent\": 0"));
        stress.GetProperty("stressed").GetDouble()
            .ShouldBe(none.GetProperty("evidence").GetProperty(ValidationChecks.CostStress).GetProperty("stressed").GetDouble());
        none.GetProperty("guards").GetProperty("conclusions").EnumerateArray().ShouldAllBe(c => !c.GetString()!.Contains("gain of"));
    }

    [Fact]
    public async Task Buying_and_holding_the_benchmark_is_not_better_than_the_benchmark()
    {
        var run = await RunAsync("hold",
            Spec("""{ "class": "BuyAndHold", "symbols": ["ACME"], "size": { "percentOfEquity": 95 } }""",
                """, "benchmark": "ACME", "portfolio": { "weights": "equal" }"""));
        run.GetProperty("evidence").GetProperty(ValidationChecks.Benchmark).GetProperty("state").GetString().ShouldBe("failed");
        // Over the benchmark it earns nothing, so nothing stands out.
        run.GetProperty("guards").GetProperty("realityCheck").GetDouble().ShouldBeGreaterThan(0.2);
        run.GetProperty("guards").GetProperty("superiorPredictiveAbility").GetDouble().ShouldBeGreaterThan(0.2);
        ValidationReader.Read(JsonPart.Parse("prod.json",
            File.ReadAllBytes(Path.Combine(_folder, "hold", "prod.json"))))!.Decide().Reasons.ShouldContain(r =>
                r.StartsWith("the comparison with the benchmark failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_benchmark_no_check_asks_for_one()
    {
        var run = await RunAsync("none", Spec(Sweep));
        run.GetProperty("evidence").TryGetProperty(ValidationChecks.Benchmark, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_bridge_leads_from_the_headline_to_the_figures_of_the_checks()
    {
        var run = await RunAsync("bridge", Spec(Sweep));
        var rows = run.GetProperty("guards").GetProperty("bridge").EnumerateArray().ToList();
        double Of(string figure) => rows.Single(r => r.GetProperty("figure").GetString() == figure).GetProperty("return").GetDouble();
        var portfolio = run.GetProperty("portfolio").GetProperty("stats").GetProperty("totalReturn").GetDouble();
        Of("Portfolio").ShouldBe(portfolio);
        Of("Portfolio, by weeks").ShouldBe(portfolio, 1e-9);
        var findings = run.GetProperty("evidence");
        Of("Out of sample").ShouldBe(findings.GetProperty(ValidationChecks.OutOfSample).GetProperty("return").GetDouble());
        Of("Under stress").ShouldBe(findings.GetProperty(ValidationChecks.CostStress).GetProperty("stressed").GetDouble());
        // The mean of the weighted strategies' own accounts, from results.json alone.
        var members = run.GetProperty("strategies").EnumerateArray().Where(s => s.GetProperty("weight").GetDouble() != 0).ToList();
        Of("Its strategies, each in an account of its own")
            .ShouldBe(members.Average(s => s.GetProperty("stats").GetProperty("totalReturn").GetDouble()), 1e-12);
        File.ReadAllText(Path.Combine(_folder, "bridge", "report.html")).ShouldContain("From the headline figure to those of the checks");
    }
}
