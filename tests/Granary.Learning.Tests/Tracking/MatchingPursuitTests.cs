using System.Text.Json;
using Granary.Engine;
using Granary.Learning.Tracking;
using Granary.Testing;

namespace Granary.Learning.Tests.Tracking;

public class MatchingPursuitTests
{
    // scikit-learn 1.2.1 OrthogonalMatchingPursuit(normalize=False) on tests/Shared/oracles/ml/omp_panel.csv.
    [Fact]
    public void Five_names_with_an_intercept_are_scikit_learns()
    {
        var (panel, index) = OmpOracle.Read();
        var fit = MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 5, Intercept = true });
        fit.Support.ShouldBe([0, 17, 10, 33, 1]);
        double[] expected = [0.10430821448520541, 0.2330435513128085, 0.1487360939501746, 0.37315605582477235, 0.07596461817459768];
        fit.Weights.Zip(expected).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-8);
        fit.Intercept.ShouldBe(0.00016036327604810469, 1e-10);
        fit.ResidualNorm.ShouldBe(0.05479315367438911, 1e-10);
        fit.Assess(panel, index, 252).TrackingError.ShouldBe(0.038938237971222554, 1e-10);
    }

    [SharedFact]
    public void Every_case_of_the_oracle_agrees_in_order_weights_and_error()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracles/ml/omp.json")));
        var (panel, index) = OmpOracle.Read();
        foreach (var one in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            var fit = MatchingPursuit.Fit(panel, index, new PursuitOptions
            {
                MaxNames = one.GetProperty("n_nonzero").GetInt32(),
                Intercept = one.GetProperty("fit_intercept").GetBoolean(),
            });
            fit.Support.ShouldBe([.. one.GetProperty("selection_order").EnumerateArray().Select(e => e.GetInt32())]);
            for (var k = 0; k < fit.Support.Count; k++)
                fit.Weights[k].ShouldBe(one.GetProperty("coef").GetProperty(panel.Names[fit.Support[k]]).GetDouble(), 1e-8);
            fit.Intercept.ShouldBe(one.GetProperty("intercept").GetDouble(), 1e-8);
            fit.ResidualNorm.ShouldBe(one.GetProperty("residual_norm").GetDouble(), 1e-8);
            fit.Assess(panel, index, 252).TrackingError.ShouldBe(one.GetProperty("tracking_error_annual").GetDouble(), 1e-8);
        }
        var outside = json.RootElement.GetProperty("out_of_sample");
        var trained = MatchingPursuit.Fit(panel.Slice(0, 250), index.AsSpan(0, 250), new PursuitOptions { MaxNames = 10 });
        for (var k = 0; k < trained.Support.Count; k++)
            trained.Weights[k].ShouldBe(outside.GetProperty("coef").GetProperty(panel.Names[trained.Support[k]]).GetDouble(), 1e-8);
        var later = trained.Assess(panel.Slice(250, 250), index.AsSpan(250), 252);
        later.ResidualNorm.ShouldBe(outside.GetProperty("test_residual_norm").GetDouble(), 1e-8);
        later.TrackingError.ShouldBe(outside.GetProperty("test_te_annual").GetDouble(), 1e-8);
    }

    [Fact]
    public void The_names_against_error_curve_falls_and_ends_at_the_fit()
    {
        var (panel, index) = OmpOracle.Read();
        var fit = MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 20, Intercept = true });
        fit.Path.Select(p => p.Names).ShouldBe(Enumerable.Range(1, 20));
        fit.Path.Zip(fit.Path.Skip(1)).ShouldAllBe(p => p.Second.ResidualNorm < p.First.ResidualNorm);
        fit.Path[^1].ResidualNorm.ShouldBe(fit.ResidualNorm, 1e-12);
        (fit.Path[^1].Deviation * Math.Sqrt(252)).ShouldBe(fit.Assess(panel, index, 252).TrackingError, 1e-12);
        fit.Path[4].ShouldBe(MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 5, Intercept = true }).Path[^1]);
    }

    [Fact]
    public void A_residual_threshold_stops_as_soon_as_it_is_met()
    {
        var (panel, index) = OmpOracle.Read();
        var fit = MatchingPursuit.Fit(panel, index, new PursuitOptions { MaxNames = 60, ResidualThreshold = 0.15 });
        (fit.ResidualNorm / fit.TargetNorm).ShouldBeLessThanOrEqualTo(0.15);
        (fit.Path[^2].ResidualNorm / fit.TargetNorm).ShouldBeGreaterThan(0.15);
    }

    [Fact]
    public void Names_that_repeat_or_combine_others_are_passed_over()
    {
        var random = new Random(1);
        double[] Noise() => [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble() - 0.5)];
        var (a, b) = (Noise(), Noise());
        double[] sum = [.. a.Zip(b, (x, y) => x + y)];
        double[] target = [.. a.Zip(b, (x, y) => 2 * x + 3 * y + 0.01 * random.NextDouble())];
        var fit = MatchingPursuit.Fit(ReturnPanel.FromColumns(["a", "a2", "b", "b2", "sum"], [a, a, b, b, sum]), target,
            new PursuitOptions { MaxNames = 5 });
        fit.Support.Count.ShouldBe(2);
        fit.Weights.ShouldAllBe(w => double.IsFinite(w));
    }

    [Fact]
    public void A_constant_name_is_passed_over_with_an_intercept_and_usable_without()
    {
        double[] constant = [.. Enumerable.Repeat(5.0, 40)], target = [.. Enumerable.Repeat(0.01, 40)];
        double[] wave = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))];
        var panel = ReturnPanel.FromColumns(["constant", "wave"], [constant, wave]);
        MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 2, Intercept = true }).ShouldSatisfyAllConditions(
            f => f.Support.ShouldBeEmpty(), f => f.Intercept.ShouldBe(0.01, 1e-15), f => f.ResidualNorm.ShouldBe(0, 1e-14));
        MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 2 }).ShouldSatisfyAllConditions(
            f => f.Support.ShouldBe([0]), f => f.Weights[0].ShouldBe(0.002, 1e-15));
        double[] moving = [.. wave.Select(w => 3 * w + 1)];
        MatchingPursuit.Fit(panel, moving, new PursuitOptions { MaxNames = 2, Intercept = true }).Support.ShouldBe([1]);
    }

    [Fact]
    public void With_fewer_days_than_names_the_fit_is_exact_and_stops_there()
    {
        var random = new Random(2);
        double[][] columns =
            [.. Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, 8).Select(_ => random.NextDouble() - 0.5).ToArray())];
        double[] target = [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble())];
        var panel = ReturnPanel.FromColumns([.. Enumerable.Range(0, 30).Select(i => $"S{i}")], columns);
        MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 30 }).ShouldSatisfyAllConditions(
            f => f.Support.Count.ShouldBe(8), f => f.ResidualNorm.ShouldBeLessThan(1e-10));
        MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 30, Intercept = true }).Support.Count.ShouldBe(7);
    }

    [Fact]
    public void One_name_is_a_regression_on_it()
    {
        double[] x = [0.01, -0.02, 0.03, 0.00], y = [0.02, -0.01, 0.05, 0.01];
        var fit = MatchingPursuit.Fit(ReturnPanel.FromColumns(["x"], [x]), y, new PursuitOptions { MaxNames = 10, Intercept = true });
        // By hand: mean x 0.005, mean y 0.0175, Sxy = 0.00155, Sxx = 0.0013.
        fit.Weights[0].ShouldBe(0.00155 / 0.0013, 1e-12);
        fit.Intercept.ShouldBe(0.0175 - 0.00155 / 0.0013 * 0.005, 1e-14);
    }

    [Fact]
    public void A_target_that_never_moves_and_an_empty_panel_give_an_empty_support()
    {
        var panel = ReturnPanel.FromColumns(["x"], [[0.01, -0.02, 0.03]]);
        MatchingPursuit.Fit(panel, new double[3], new PursuitOptions { MaxNames = 1 }).Support.ShouldBeEmpty();
        MatchingPursuit.Fit(new ReturnPanel([], 3, []), [0.1, 0.2, 0.3], new PursuitOptions { MaxNames = 1 }).Support.ShouldBeEmpty();
    }

    [Fact]
    public void A_name_like_one_that_is_held_is_passed_over_where_correlation_is_limited()
    {
        var random = new Random(3);
        double[] Noise(double scale) => [.. Enumerable.Range(0, 200).Select(_ => scale * (random.NextDouble() - 0.5))];
        double[] a = Noise(1), other = Noise(1);
        double[] near = [.. a.Zip(Noise(0.1), (x, y) => x + y)],
            target = [.. a.Zip(near, other).Select(v => v.First + 0.9 * v.Second + 0.1 * v.Third)];
        var panel = ReturnPanel.FromColumns(["a", "near", "other"], [a, near, other]);
        MatchingPursuit.Fit(panel, target, new PursuitOptions { MaxNames = 2, MaxCorrelation = 0.9 }).Support.ShouldBe([1, 2],
            ignoreOrder: true);
    }

    [Fact]
    public void A_strategy_that_moves_against_a_chosen_one_is_chosen_too()
    {
        // Returns of a strategy and of one that gains where it loses: together they are nearly without risk.
        var random = new Random(5);
        double[] a = [.. Enumerable.Range(0, 100).Select(_ => 0.01 + 0.05 * (random.NextDouble() - 0.5))];
        double[] against = [.. a.Select(r => 0.018 - r + 0.004 * (random.NextDouble() - 0.5))];
        double[] near = [.. a.Select(r => r - 0.001 + 0.004 * (random.NextDouble() - 0.5))];
        var chosen = SparseSelection.Choose(ReturnPanel.FromColumns(["a", "against", "near"], [a, against, near]), most: 3,
            maxCorrelation: 0.7);
        chosen.Chosen.ShouldBe(["a", "against"], ignoreOrder: true);
    }

    [Fact]
    public void The_same_fit_comes_whatever_the_scale_of_a_name_where_atoms_are_normalised()
    {
        var (panel, index) = OmpOracle.Read();
        var columns = Enumerable.Range(0, panel.Count).Select(j => panel.Column(j).ToArray().Select(v => v * (1 + j % 5 * 100)).ToArray())
            .ToList();
        var scaled = ReturnPanel.FromColumns(panel.Names, columns);
        var options = new PursuitOptions { MaxNames = 8, Intercept = true, NormaliseAtoms = true };
        // With an intercept the norms are those of the centred names.
        MatchingPursuit.Fit(scaled, index, options).Support.ShouldBe(MatchingPursuit.Fit(panel, index, options).Support);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused_in_a_sentence()
    {
        var panel = ReturnPanel.FromColumns(["x", "y"], [[0.01, -0.02, 0.03], [0, 0, 0.1]]);
        double[] target = [0.1, 0.2, 0.3];
        Should.Throw<InputException>(() => MatchingPursuit.Fit(panel, target,
            new PursuitOptions { MaxNames = 0 })).Message.ShouldContain("at least 1");
        Should.Throw<InputException>(() => MatchingPursuit.Fit(panel, [1, 2],
            new PursuitOptions { MaxNames = 1 })).Message.ShouldContain("2 periods");
        Should.Throw<InputException>(() => MatchingPursuit.Fit(panel, [1, 2, double.NaN],
            new PursuitOptions { MaxNames = 1 })).Message.ShouldContain("NaN");
        Should.Throw<InputException>(() => MatchingPursuit.Fit(panel, target,
            new PursuitOptions { MaxNames = 2, SumToOne = true, MaxWeight = 0.4 })).Message.ShouldContain("cannot add up to 1");
        Should.Throw<ArgumentException>(() => ReturnPanel.FromColumns(["x", "x"], [target, target])).Message.ShouldContain("'x' twice");
    }
}
