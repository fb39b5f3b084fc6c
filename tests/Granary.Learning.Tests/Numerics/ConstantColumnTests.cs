using Granary.Engine.Analysis;
using Granary.Learning.Numerics;
using Granary.Learning.Screening;
using Granary.Learning.Tables;

namespace Granary.Learning.Tests.Numerics;

/// <summary>A column whose values differ by rounding alone is constant for scalers, ranks and profiles.</summary>
public class ConstantColumnTests
{
    private const int Count = 200;

    // One-bar returns of a close that grows by 0.01 % a bar.
    private static double[] Returns()
    {
        double[] closes = [.. Enumerable.Range(0, Count + 1).Select(i => 100 * Math.Pow(1.0001, i))];
        return [.. closes.Skip(1).Select((close, i) => close / closes[i] - 1)];
    }

    [Fact]
    public void A_scaler_gives_a_constant_feature_no_effect()
    {
        var (constant, random) = (Returns(), new Random(1));
        constant.Distinct().Count().ShouldBeGreaterThan(1, "rounding makes them differ");
        var values = new double[2 * Count];
        for (var i = 0; i < Count; i++) (values[2 * i], values[2 * i + 1]) = (constant[i], random.NextDouble());
        var table = new TrainingTable(["constant", "random"], values, [.. Enumerable.Range(0, Count).Select(i => i % 2.0)]);
        var scaler = Standardiser.Fit(table.Range(0, Count));
        scaler.Scale[0].ShouldBe(0);
        scaler.Scale[1].ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Its_ranks_are_all_the_same() => RankCorrelation.Ranks(Returns()).Distinct().ShouldBe([(Count + 1) / 2.0]);

    [Fact]
    public void Ranks_of_small_differences_differ() => RankCorrelation.Ranks([1.0, 1.0 + 1e-8, 1.0 - 1e-8]).ShouldBe([2, 3, 1]);

    [Fact]
    public void Its_profile_has_no_deviation_and_no_autocorrelation()
    {
        double[] near = [.. Enumerable.Range(0, Count).Select(i => i % 2 == 0 ? 0.1 + 0.2 : 0.3)];
        var profile = ColumnProfile.Of(near);
        profile.Deviation.ShouldBe(0);
        profile.Autocorrelation.ShouldBe(double.NaN);
    }
}
