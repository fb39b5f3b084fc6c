using System.Text.Json;
using Granary.Engine.Portfolio.Allocation;

namespace Granary.Engine.Tests.Portfolio.Allocation;

/// <summary>Methods against optima of other programs (optima.py made optima.json), calculations by hand and the conditions of an optimum.</summary>
public sealed class AllocationMethodsTests
{
    private sealed record Optimum(double[][] Returns, double Minimum, double Maximum, JsonElement[][] Caps, double Price, double[]? Previous,
        double Total, double[][] Covariance, double Shrinkage, double[] MinimumVariance, double[] MaximumSharpe, double[]? RiskParity,
        double[] Hierarchical)
    {
        public AllocationSettings Settings => new()
        {
            Minimum = Minimum,
            Maximum = Maximum,
            Caps = [.. Caps.Select(c => new AllocationCap([.. c[0].EnumerateArray().Select(m => m.GetInt32())], c[1].GetDouble()))],
            TurnoverPenalty = Price,
        };

        public IReadOnlyList<double> Weigh(string method) => AllocationMethods.Weigh(method, Returns, Settings, Previous).Weights;
    }

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, 8)];

    private static Optimum Case(int number)
    {
        using var stream = typeof(AllocationMethodsTests).Assembly.GetManifestResourceStream("optima.json")!;
        return JsonSerializer.Deserialize<List<Optimum>>(stream, JsonSerializerOptions.Web)![number];
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_shrunk_covariance_is_that_of_scikit_learn(int number)
    {
        var known = Case(number);
        var covariance = ShrunkCovariance.Of(known.Returns);
        covariance.Shrinkage.ShouldBe(known.Shrinkage, 1e-13);
        for (var i = 0; i < covariance.Count; i++)
            for (var j = 0; j < covariance.Count; j++)
                covariance.Matrix[i * covariance.Count + j].ShouldBe(known.Covariance[i][j], 1e-13 * Math.Abs(known.Covariance[i][i]));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Optima_within_bounds_and_with_a_price_of_changes_are_those_of_a_general_solver(int number)
    {
        var known = Case(number);
        known.Weigh(AllocationMethods.MinimumVariance).ShouldBe(known.MinimumVariance, 1e-8);
        known.Weigh(AllocationMethods.MaximumSharpe).ShouldBe(known.MaximumSharpe, 1e-8);
        if (known.RiskParity is { } parity) known.Weigh(AllocationMethods.RiskParity).ShouldBe(parity, 1e-8);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Hierarchical_weights_are_those_of_the_papers_code(int number)
    {
        var known = Case(number);
        AllocationMethods.Weigh(AllocationMethods.HierarchicalRiskParity, known.Returns, AllocationSettings.Default).Weights
            .ShouldBe(known.Hierarchical, 1e-12);
    }

    [Theory, MemberData(nameof(Cases))]
    public void All_methods_keep_the_bounds_and_invest_all_that_they_permit(int number)
    {
        var known = Case(number);
        foreach (var method in AllocationMethods.All)
        {
            var weights = known.Weigh(method);
            weights.Sum().ShouldBe(known.Total, 1e-11, method);
            weights.ShouldAllBe(w => w >= known.Minimum && w <= known.Maximum);
            foreach (var cap in known.Settings.Caps) cap.Members.Sum(m => weights[m]).ShouldBeLessThanOrEqualTo(cap.Maximum + 1e-11, method);
        }
    }

    // Four periods; A has the deviations ±2 percent, B ±1 percent, and both are independent of one another.
    private static readonly double[][] TwoAssets = [[0.03, -0.01, 0.03, -0.01], [0.02, 0.02, 0, 0]];

    [Fact]
    public void Of_two_independent_assets_with_volatilities_of_2_and_1_all_methods_are_known()
    {
        var plain = AllocationSettings.Default with { Shrinkage = 0 };
        // 1/2 to 1; 1/4 to 1; both have the mean 1 percent, so the best ratio has the least variance; independent: as inverse volatility;
        // one bisection in inverse proportion to the variances.
        (string Method, double First)[] known = [(AllocationMethods.InverseVolatility, 1.0 / 3), (AllocationMethods.MinimumVariance, 0.2),
            (AllocationMethods.MaximumSharpe, 0.2), (AllocationMethods.RiskParity, 1.0 / 3), (AllocationMethods.HierarchicalRiskParity, 0.2)];
        foreach (var (method, first) in known)
            AllocationMethods.Weigh(method, TwoAssets, plain).Weights.ShouldBe([first, 1 - first], 1e-12, method);
        var parity = AllocationMethods.Weigh(AllocationMethods.RiskParity, TwoAssets, plain);
        // The variances 4 and 1 in squared percent: (2/3)² · 2 = 8/9 of the weights 1/3 and 2/3.
        new[] { parity.Risk, parity.Return }.ShouldBe([0.01 * Math.Sqrt(8.0 / 9), 0.01], 1e-12);
        parity.RiskContributions.ShouldBe([0.5, 0.5], 1e-12);
    }

    [Fact]
    public void The_tree_of_three_assets_puts_the_two_that_move_together_beside_one_another()
    {
        // B moves against A, C with A: A and C are joined first, then the pair (number 3) with B (1). The leaves are B, A, C, so the
        // bisection gives B its share against the pair, and A and C theirs of the rest.
        double[][] returns = [[0.02, -0.02, 0.01, -0.01], [-0.01, 0.02, -0.01, 0], [0.04, -0.03, 0.02, -0.03]];
        double Product(int i, int j)
        {
            var (a, b) = (returns[i].Average(), returns[j].Average());
            return returns[i].Zip(returns[j], (x, y) => (x - a) * (y - b)).Sum();
        }
        var (a, b, c) = (Product(0, 0), Product(1, 1), Product(2, 2));
        var inA = c / (a + c);
        var pair = inA * inA * a + (1 - inA) * (1 - inA) * c + 2 * inA * (1 - inA) * Product(0, 2);
        var share = pair / (pair + b);
        AllocationMethods.Weigh(AllocationMethods.HierarchicalRiskParity, returns, AllocationSettings.Default).Weights
            .ShouldBe([(1 - share) * inA, share, (1 - share) * (1 - inA)], 1e-12);
    }

    [Fact]
    public void A_bound_takes_from_one_and_gives_to_the_others_in_proportion()
    {
        // Volatilities 1, 2, 4 and 4: 4/8, 2/8, 1/8, 1/8. At most 0.4: the 0.1 goes to the others as 2 : 1 : 1.
        double[][] returns = [[0.01, -0.01], [0.02, -0.02], [0.04, -0.04], [-0.04, 0.04]];
        AllocationMethods.Weigh(AllocationMethods.InverseVolatility, returns, AllocationSettings.Default with { Maximum = 0.4 }).Weights
            .ShouldBe([0.4, 0.3, 0.15, 0.15], 1e-12);
        // The last two have at most 0.2 together, and the first two share what is left as 2 : 1.
        AllocationMethods.Weigh(AllocationMethods.InverseVolatility, returns,
            AllocationSettings.Default with { Caps = [new AllocationCap([2, 3], 0.2)] }).Weights
            .ShouldBe([8.0 / 15, 4.0 / 15, 0.1, 0.1], 1e-12);
    }

    [Fact]
    public void A_change_below_the_price_is_not_made_by_methods_without_an_objective()
    {
        // 1/3 and 2/3, from 0.35 and 0.65: a change of 0.0167 each. With a price of 0.01 it is 0.01 less, with one of 0.02 none.
        IReadOnlyList<double> Of(double price) => AllocationMethods.Weigh(AllocationMethods.InverseVolatility, TwoAssets,
            AllocationSettings.Default with { TurnoverPenalty = price }, [0.35, 0.65]).Weights;
        Of(0.01).ShouldBe([1.0 / 3 + 0.01, 2.0 / 3 - 0.01], 1e-11);
        Of(0.02).ShouldBe([0.35, 0.65]);
    }

    [Fact]
    public void Nothing_is_weighted_where_nothing_moves_or_no_portfolio_is_expected_to_gain()
    {
        double[] still = [0.01, 0.01, 0.01], moves = [0.01, -0.02, 0.005];
        foreach (var method in AllocationMethods.All)
        {
            AllocationMethods.Weigh(method, [still, still], AllocationSettings.Default).Weights.ShouldBe([0, 0]);
            AllocationMethods.Weigh(method, [], AllocationSettings.Default).Weights.ShouldBeEmpty();
        }
        AllocationMethods.Weigh(AllocationMethods.MaximumSharpe, [moves, still], AllocationSettings.Default).Weights.ShouldBe([0, 0]);
        AllocationMethods.Weigh(AllocationMethods.MinimumVariance, [moves, still], AllocationSettings.Default).Weights.ShouldBe([1, 0]);
    }

    [Fact]
    public void Fewer_periods_than_assets_and_identical_assets_have_one_answer()
    {
        var random = new Random(4);
        double[][] returns = [.. Enumerable.Range(0, 12).Select(_ =>
            Enumerable.Range(0, 4).Select(_ => 0.02 * (random.NextDouble() - 0.4)).ToArray())];
        returns[7] = [.. returns[3]];
        foreach (double? shrinkage in new double?[] { null, 0 })
            foreach (var method in AllocationMethods.All)
            {
                var chosen = AllocationMethods.Weigh(method, returns, AllocationSettings.Default with { Shrinkage = shrinkage });
                chosen.Weights.Sum().ShouldBe(1, 1e-11);
                chosen.Weights.ShouldAllBe(w => w >= 0 && w <= 1);
                chosen.RiskContributions.Sum().ShouldBe(1, 1e-9);
                if (method != AllocationMethods.HierarchicalRiskParity) chosen.Weights[7].ShouldBe(chosen.Weights[3], 1e-7, method);
            }
    }

    [Fact]
    public void Without_bounds_each_asset_contributes_the_same_risk()
    {
        var known = Case(4);
        AllocationMethods.Weigh(AllocationMethods.RiskParity, known.Returns, AllocationSettings.Default).RiskContributions
            .ShouldAllBe(share => Math.Abs(share - 1.0 / 6) < 1e-12);
    }

    [Fact]
    public void Of_300_assets_no_shift_of_weight_from_one_to_another_lowers_the_variance()
    {
        const int assets = 300;
        var random = new Random(9);
        double[][] returns = [.. Enumerable.Range(0, assets).Select(i =>
            Enumerable.Range(0, 52).Select(_ => (0.02 + 0.004 * (i / 30)) * (random.NextDouble() - 0.5)).ToArray())];
        var settings = new AllocationSettings
        {
            Maximum = 0.01,
            Caps = [.. Enumerable.Range(0, 10).Select(g => new AllocationCap([.. Enumerable.Range(0, 30).Select(k => 30 * g + k)], 0.103))],
        };
        var weights = AllocationMethods.Weigh(AllocationMethods.MinimumVariance, returns, settings).Weights;
        var covariance = ShrunkCovariance.Of(returns).Matrix;
        var slope = new double[assets];
        for (var i = 0; i < assets; i++)
            for (var j = 0; j < assets; j++)
                slope[i] += covariance[i * assets + j] * weights[j];
        double[] groups = [.. settings.Caps.Select(c => c.Members.Sum(m => weights[m]))];
        groups.ShouldContain(sum => sum > 0.103 - 1e-10, string.Join(" ", groups));
        for (var to = 0; to < assets; to++)
            for (var from = 0; from < assets; from++)
                if (weights[to] < 0.01 - 1e-10 && weights[from] > 1e-10 && (to / 30 == from / 30 || groups[to / 30] < 0.103 - 1e-10))
                    slope[to].ShouldBeGreaterThanOrEqualTo(slope[from] - 1e-9 * slope[from]);
    }

    [Fact]
    public void The_frontier_rises_from_the_least_variance_to_the_greatest_return()
    {
        var known = Case(4);
        var frontier = EfficientFrontier.Of(known.Returns, known.Settings, 12);
        frontier.Count.ShouldBe(12);
        var least = AllocationMethods.Weigh(AllocationMethods.MinimumVariance, known.Returns, known.Settings);
        frontier[0].Weights.ShouldBe(least.Weights, 1e-12);
        new[] { frontier[0].Risk, frontier[0].Return }.ShouldBe([least.Risk, least.Return], 1e-12);
        var best = AllocationMethods.Weigh(AllocationMethods.MaximumSharpe, known.Returns, known.Settings);
        for (var k = 1; k < frontier.Count; k++)
        {
            frontier[k].Risk.ShouldBeGreaterThan(frontier[k - 1].Risk);
            (frontier[k].Return - frontier[k - 1].Return).ShouldBe(frontier[1].Return - frontier[0].Return, 1e-10);
            // The curve is convex, and the best ratio is that of its tangent.
            if (k > 1)
                (frontier[k].Risk - frontier[k - 1].Risk).ShouldBeGreaterThan(frontier[k - 1].Risk - frontier[k - 2].Risk - 1e-12);
            (frontier[k].Return / frontier[k].Risk).ShouldBeLessThanOrEqualTo(best.Return / best.Risk + 1e-12);
        }
    }

    [Fact]
    public void Contradictions_are_refused()
    {
        void Refused(AllocationSettings settings, string why) => Should.Throw<ArgumentException>(() =>
            AllocationMethods.Weigh(AllocationMethods.InverseVolatility, TwoAssets, settings)).Message.ShouldContain(why);
        Refused(AllocationSettings.Default with { Minimum = 0.6 }, "2 weights of at least 0.6 exceed 1");
        Refused(AllocationSettings.Default with { Minimum = 0.3, Caps = [new AllocationCap([0, 1], 0.5)] }, "exceed 0.5");
        Refused(AllocationSettings.Default with { Minimum = 0.3, Maximum = 0.2 }, "from 0.3 to 0.2");
        Should.Throw<ArgumentException>(() => AllocationMethods.Weigh("equal", TwoAssets, AllocationSettings.Default));
        Should.Throw<ArgumentException>(() => AllocationMethods.Weigh(AllocationMethods.InverseVolatility, [[0.1, 0.2], [0.1]],
            AllocationSettings.Default));
        var overlapping = AllocationSettings.Default with { Caps = [new AllocationCap([0, 1], 0.9), new AllocationCap([1, 2], 0.9)] };
        Should.Throw<ArgumentException>(() => AllocationMethods.Weigh(AllocationMethods.InverseVolatility,
            [.. TwoAssets, [0.01, 0.02, 0, 0]], overlapping)).Message.ShouldContain("in common");
    }
}
