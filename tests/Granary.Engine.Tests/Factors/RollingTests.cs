using Granary.Engine.Factors.Kernels;

namespace Granary.Engine.Tests.Factors;

/// <summary>The shared recursions beside their definitions, over windows of every small length.</summary>
public class RollingTests
{
    private static readonly double[] Values = RandomWalk();

    private static double[] RandomWalk()
    {
        var random = new Random(3);
        var price = 3600.0;
        return [.. Enumerable.Range(0, 700).Select(i =>
        {
            // Jumps, then stretches that stand still: what cancellation feeds on.
            if (i % 97 == 0) price = 3600 * (0.5 + random.NextDouble());
            if (i % 50 < 35) price += random.NextDouble() - 0.5;
            return Math.Round(price, 2);
        })];
    }

    public static TheoryData<int> Lengths => [1, 2, 3, 4, 5, 7, 8, 20, 33, 64, 100];

    private static double[] Window(int i, int n) => Values[(i - n + 1)..(i + 1)];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Extremes_are_those_of_the_window_and_so_are_their_ages(int n)
    {
        var highest = new RollingFold<Greatest>(n);
        var lowest = new RollingFold<Least>(n);
        var oldestHigh = new RollingExtreme(n, 1);
        var oldestLow = new RollingExtreme(n, -1);
        for (var i = 0; i < Values.Length; i++)
        {
            var window = Window(i, Math.Min(n, i + 1));
            highest.Next(Values[i]).ShouldBe(window.Max());
            lowest.Next(Values[i]).ShouldBe(window.Min());
            oldestHigh.AgeAfter(Values[i]).ShouldBe(window.Length - 1 - Array.IndexOf(window, window.Max()));
            oldestLow.AgeAfter(Values[i]).ShouldBe(window.Length - 1 - Array.IndexOf(window, window.Min()));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sums_and_deviations_do_not_drift_and_of_equal_values_the_deviation_is_zero(int n)
    {
        var sum = new RollingFold<Total>(n);
        var moments = new RollingMoments(n);
        for (var i = 0; i < Values.Length; i++)
        {
            var total = sum.Next(Values[i]);
            moments.Add(Values[i]);
            if (i < n - 1) continue;
            var window = Window(i, n);
            // In decimals, so that the expected value is exact.
            var mean = window.Sum(v => (decimal)v) / n;
            var squares = (double)window.Sum(v => ((decimal)v - mean) * ((decimal)v - mean));
            total.ShouldBe((double)window.Sum(v => (decimal)v), total * 1e-14);
            moments.Mean.ShouldBe((double)mean, 1e-11);
            moments.SumOfSquares.ShouldBe(squares, squares * 1e-9 + 1e-300);
            if (window.Distinct().Count() == 1) moments.SumOfSquares.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(-1)]
    public void Averages_that_tie_on_paper_tie_in_the_machine(int decimals)
    {
        // 10.1 and 10.3 in turns: every even window averages 10.2, however long the sums have been running.
        double[] values = [.. Enumerable.Range(0, 10_000).Select(i => i % 2 == 0 ? 10.1 : 10.3)];
        var results = new double[values.Length];
        var scratch = new double[values.Length];
        foreach (var n in new[] { 2, 4, 10, 48 })
        {
            var sum = new ExactSum(decimals);
            for (var i = 0; i < values.Length; i++)
            {
                sum.Add(values[i]);
                if (i >= n) sum.Remove(values[i - n]);
                if (i >= n - 1) sum.Mean(n).ShouldBe(10.2);
            }
            new RollingMean(n, decimals).Next(values, results);
            results.Skip(n - 1).Distinct().ShouldBe([10.2]);
            // Prices without decimals are exact in the simple average only.
            if (decimals < 0) continue;
            new ExactWeightedSum(n, decimals).NextSlopes(values, scratch, results);
            results.Skip(n - 1).Distinct().ShouldBe([10.2]);
            // An average for each phase, and no more: nothing drifts.
            new ExactWeightedSum(n, decimals).NextMeans(values, results);
            results.Skip(n - 1).Distinct().Count().ShouldBe(2);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(-1)]
    public void Weighted_sums_agree_with_their_definition_to_the_last_digits(int decimals)
    {
        foreach (var n in new[] { 1, 2, 5, 20, 63 })
        {
            var (weighted, slopes, means) = (new double[Values.Length], new double[Values.Length], new double[Values.Length]);
            new ExactWeightedSum(n, decimals).NextMeans(Values, weighted);
            new ExactWeightedSum(n, decimals).NextSlopes(Values, slopes, means);
            for (var i = 0; i < Values.Length; i++)
            {
                if (i < n - 1)
                {
                    new[] { weighted[i], slopes[i], means[i] }.ShouldAllBe(v => double.IsNaN(v));
                    continue;
                }
                var window = Window(i, n).Select(v => (decimal)v).ToArray();
                var sum = window.Select((v, k) => v * (k + 1)).Sum();
                weighted[i].ShouldBe((double)(sum / (n * (n + 1m) / 2)), 1e-11);
                means[i].ShouldBe((double)(window.Sum() / n), 1e-11);
                if (n > 1) slopes[i].ShouldBe((double)((sum - (n + 1) / 2m * window.Sum()) / (n * ((decimal)n * n - 1) / 12)), 1e-11);
            }
        }
    }

    [Fact]
    public void Dear_prices_with_many_decimals_do_not_overflow_a_weighted_sum()
    {
        var values = new double[20_000];
        values.AsSpan().Fill(100_000.123456789);
        var results = new double[values.Length];
        new ExactWeightedSum(10_000, 9).NextMeans(values, results);
        results.Skip(9_999).ShouldAllBe(v => v == 100_000.123456789);
    }
}
