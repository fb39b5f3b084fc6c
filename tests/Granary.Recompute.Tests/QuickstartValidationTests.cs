using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The validation checks of the quickstart, recomputed from the strategies' trades and the bars by the definitions of
/// docs/guards.md.</summary>
public class QuickstartValidationTests(QuickstartRun run)
{
    private const double WeeksPerYear = 365.25 / 7;

    // A p-value and a mean of resamples are equal to another bootstrap's within so many standard errors.
    private const double StandardErrors = 4;

    private readonly WeeklyLevels _weeks = run.Weeks;

    private JsonElement Checks => run.Files.Results.GetProperty("guards");

    private double Shown(string key) => Checks.GetProperty(key).GetDouble();

    private List<double[]> Moving => [.. _weeks.Returns.Where(r => r.Any(x => x != 0))];

    [Fact]
    public void Probability_of_overfitting_follows_from_the_strategies_weekly_equity()
    {
        var halvings = Halvings.Of(_weeks.Returns);
        halvings.Ways.ShouldBe(12_870);
        Shown("probabilityOfOverfitting").ShouldBe(halvings.Overfitted, 1e-12);
        Shown("probabilityOfLoss").ShouldBe(halvings.Loses, 1e-12);
    }

    [Fact]
    public void Trials_and_deflated_Sharpe_ratio_follow_from_the_strategies_weekly_equity()
    {
        var trials = IndependentTrials.Of(Moving);
        Shown("trials").ShouldBe(_weeks.Returns.Count, "strategies with the same trades count once");
        Shown("clusters").ShouldBe(trials.Clusters);
        Shown("effectiveTrials").ShouldBe(trials.Number, 1e-5 * trials.Number);
        var returns = WeeklyReturns.Of(run.Figures.Rows, QuickstartRun.Cash).Returns;
        var (shape, sharpe, n) = (Shape.Of(returns), returns.Average() / CurveFigures.Deviation(returns), returns.Length);
        var expected = NormalCurve.ExpectedMaximum(trials.Number) / Math.Sqrt(n - 1);
        Shown("expectedMaximum").ShouldBe(expected, 1e-6);
        Shown("deflatedSharpe").ShouldBe(NormalCurve.Probability((sharpe - Math.Max(expected, Shown("winnersOfNothing")))
            * Math.Sqrt(n - 1) / shape.Error(sharpe)), 1e-5);
    }

    [Fact]
    public void Tests_for_data_snooping_agree_with_a_bootstrap_of_their_own()
    {
        const int Resamples = 1000;
        var luck = BestByLuck.Of(Moving, Resamples, new Random(5));
        Shown("meanBlock").ShouldBe(luck.MeanBlock, 1e-8);
        var both = 1.0 / Resamples + 1 / Shown("resamples");
        foreach (var (key, p) in new[] { ("realityCheck", luck.RealityCheck), ("superiorPredictiveAbility", luck.Superior) })
            Shown(key).ShouldBe(p, StandardErrors * Math.Sqrt(Math.Max(0.01, p * (1 - p)) * both), key);
        var (mean, deviation) = Resample.WinnersOfNothing(Moving, luck.MeanBlock, 100, new Random(6));
        Shown("winnersOfNothing").ShouldBe(mean, StandardErrors * deviation * Math.Sqrt(1.0 / 50 + 1.0 / 100));
    }

    [Fact]
    public void Figures_out_of_sample_follow_from_weights_that_are_chosen_from_the_past_alone()
    {
        const int Choices = 6;
        var middle = _weeks.Weeks / 2;
        var returns = new double[_weeks.Weeks - middle];
        for (var c = 0; c < Choices; c++)
        {
            var (from, to) = (middle + returns.Length * c / Choices, middle + returns.Length * (c + 1) / Choices);
            var chosen = _weeks.Levels.Select((level, k) => (level, k)).Where(x => x.level[from] > QuickstartRun.Cash).ToList();
            if (chosen.Count == 0) continue;
            for (var w = from; w < to; w++) returns[w - middle] = chosen.Average(x => _weeks.Returns[x.k][w]);
        }
        var found = run.Files.Results.GetProperty("evidence").GetProperty("outOfSample");
        var row = Checks.GetProperty("bridge").EnumerateArray().Single(r => r.GetProperty("figure").GetString() == "Out of sample");
        var (growth, sharpe) = (returns.Aggregate(1.0, (g, r) => g * (1 + r)) - 1, returns.Average() / CurveFigures.Deviation(returns));
        found.GetProperty("periods").GetInt32().ShouldBe(returns.Length);
        found.GetProperty("return").GetDouble().ShouldBe(growth, 1e-9);
        found.GetProperty("sharpe").GetDouble().ShouldBe(sharpe, 1e-8);
        row.GetProperty("return").GetDouble().ShouldBe(growth, 1e-9);
        row.GetProperty("sharpe").GetDouble().ShouldBe(sharpe * Math.Sqrt(WeeksPerYear), 1e-7);
    }

    [Fact]
    public async Task Return_under_stress_is_that_of_a_batch_with_double_costs_and_orders_one_bar_later()
    {
        using var folder = new TemporaryFolder();
        var batch = JsonNode.Parse(File.ReadAllText(Repository.Sample("quickstart.json")), null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        batch["data"]!["source"] = "csv:" + Repository.Sample("data/1h");
        batch["execution"] = new JsonObject { ["commissionPercent"] = 0.1, ["slippagePercent"] = 0.04, ["latencyBars"] = 1 };
        batch["portfolio"] = new JsonObject { ["weights"] = "winners" };
        batch["outputs"] = new JsonArray("results");
        await GranaryCommand.RunAsync("backtest", folder.Write("stress.json", batch.ToJsonString()), "--out", folder.File("run"), "--quiet",
            "--no-guards");
        using var results = JsonDocument.Parse(File.ReadAllBytes(folder.File("run/results.json")));
        var after = results.RootElement.GetProperty("strategies").EnumerateArray()
            .ToDictionary(s => s.GetProperty("id").GetString()!, s => RunFigures.Stat(s, "totalReturn"), StringComparer.Ordinal);
        var members = run.Files.Weighted.ToList();
        var total = members.Sum(m => m.GetProperty("weight").GetDouble());
        var stressed = members.Sum(m => m.GetProperty("weight").GetDouble() * after[m.GetProperty("id").GetString()!]) / total;
        var found = run.Files.Results.GetProperty("evidence").GetProperty("costStress");
        found.GetProperty("strategies").GetInt32().ShouldBe(members.Count);
        found.GetProperty("stressed").GetDouble().ShouldBe(stressed, 1e-10);
        found.GetProperty("stillProfitable").GetInt32().ShouldBe(members.Count(m => after[m.GetProperty("id").GetString()!] > 0));
        Checks.GetProperty("bridge").EnumerateArray().Single(r => r.GetProperty("figure").GetString() == "Under stress")
            .GetProperty("return").GetDouble().ShouldBe(stressed, 1e-10);
    }
}
