using Granary.Engine.Analysis;
using Granary.Engine.Analysis.FactorStudies;
using Granary.Testing;

namespace Granary.Engine.Tests.Analysis.FactorStudies;

/// <summary>What a whole study finds where there is nothing, and where there is something.</summary>
public sealed class FalseDiscoveriesTests
{
    private const int Symbols = 24, Dates = 250, Factors = 4;
    private const double Level = 0.1;

    private static readonly FactorStudySettings s_settings = new([1, 5, 20], 5, false);

    [Fact]
    public void Studies_of_noise_have_a_discovery_no_more_often_than_the_level()
    {
        var seeds = TestEffort.Of(40, 400);
        var (any, independent, rejected, tests) = (0, 0, 0, 0);
        var covered = new int[s_settings.Horizons.Count];
        for (var seed = 1; seed <= seeds; seed++)
        {
            var means = Study(seed, 0);
            var p = means.ConvertAll(m => m.PValue);
            if (FalseDiscoveryControl.Adjust(p).Any(q => q <= Level)) any++;
            if (FalseDiscoveryControl.AdjustIndependent(p).Any(q => q <= Level)) independent++;
            rejected += p.Count(v => v <= 0.05);
            tests += p.Count;
            for (var i = 0; i < means.Count; i++)
                if (means[i].Low <= 0 && means[i].High >= 0) covered[i % covered.Length]++;
        }
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"{seeds} studies: any discovery ")
            + FormattableString.Invariant($"{any / (double)seeds:0.000} (Benjamini and Yekutieli), {independent / (double)seeds:0.000} ")
            + FormattableString.Invariant($"(Benjamini and Hochberg), p at most 0.05 {rejected / (double)tests:0.000}, covered ")
            + string.Join(' ', covered.Select(c => (c / (double)seeds / Factors).ToString("0.000"))));
        // 0.1 and three deviations of a share of so many studies.
        (any / (double)seeds).ShouldBeLessThanOrEqualTo(Level + 3 * Math.Sqrt(Level * (1 - Level) / seeds));
        (rejected / (double)tests).ShouldBeLessThan(0.11);
    }

    [Fact]
    public void A_planted_factor_is_found_and_the_others_are_not()
    {
        var seeds = TestEffort.Of(10, 100);
        var found = 0;
        for (var seed = 1; seed <= seeds; seed++)
        {
            // Explains a hundredth of the variance of the next bar's return.
            var p = Study(seed, 0.1).ConvertAll(m => m.PValue);
            var q = FalseDiscoveryControl.Adjust(p);
            if (q[0] <= Level) found++;
        }
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"{found} of {seeds} found"));
        (found / (double)seeds).ShouldBeGreaterThan(0.8);
    }

    private static List<LongRunMean> Study(int seed, double strength)
    {
        var panel = StudyPanels.Random(seed, Symbols, Dates, Factors, strength);
        return [.. Enumerable.Range(0, Factors).SelectMany(f => StudyPanels.Figures(panel, f, s_settings).Horizons.Select(h => h.Ic))];
    }
}
