using Granary.Engine.Factors;

namespace Granary.Engine.Tests.Factors;

/// <summary>The shared recursions beside their definitions, over windows of every small length.</summary>
public class RollingTests
{
    private static readonly double[] Values = Walk();

    private static double[] Walk()
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
        var highest = new RollingMaximum(n);
        var lowest = new RollingMinimum(n);
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
        var sum = new RollingSum(n);
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
    [InlineData(-1)]
    public void Averages_that_tie_on_paper_tie_in_the_machine(int decimals)
    {
        // 10.1 and 10.3 in turns: every even window averages 10.2, however long the sums have been running.
        var sums = new[] { 2, 4, 10, 48 }.Select(n => (N: n, Sum: new ExactSum(decimals))).ToArray();
        var weighted = new ExactWeightedSum(6, decimals);
        for (var i = 0; i < 10_000; i++)
        {
            var value = i % 2 == 0 ? 10.1 : 10.3;
            weighted.Add(value);
            for (var k = 0; k < sums.Length; k++)
            {
                sums[k].Sum.Add(value);
                if (i >= sums[k].N) sums[k].Sum.Remove((i - sums[k].N) % 2 == 0 ? 10.1 : 10.3);
                if (i >= sums[k].N - 1) sums[k].Sum.Mean(sums[k].N).ShouldBe(10.2);
            }
            if (!weighted.IsFull) continue;
            weighted.Mean.ShouldBe(10.2);
            // Weights 1 … 6 on alternating prices: (9 · a + 12 · b) / 21.
            weighted.WeightedMean.ShouldBe(i % 2 == 0 ? (double)((9 * 10.3m + 12 * 10.1m) / 21) : (double)((9 * 10.1m + 12 * 10.3m) / 21), 2e-15);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void Weighted_sums_agree_with_their_definition_to_the_last_digits(int decimals)
    {
        foreach (var n in new[] { 1, 2, 5, 20, 63 })
        {
            var sum = new ExactWeightedSum(n, decimals);
            for (var i = 0; i < Values.Length; i++)
            {
                sum.Add(Values[i]);
                sum.IsFull.ShouldBe(i >= n - 1);
                if (!sum.IsFull) continue;
                var window = Window(i, n).Select(v => (decimal)v).ToArray();
                var weighted = window.Select((v, k) => v * (k + 1)).Sum();
                sum.WeightedMean.ShouldBe((double)(weighted / (n * (n + 1m) / 2)), 1e-11);
                sum.Mean.ShouldBe((double)(window.Sum() / n), 1e-11);
                sum.Covariation.ShouldBe((double)(weighted - (n + 1) / 2m * window.Sum()), 1e-8);
            }
        }
    }

    [Fact]
    public void Dear_prices_with_many_decimals_do_not_overflow_a_weighted_sum()
    {
        var sum = new ExactWeightedSum(10_000, 9);
        for (var i = 0; i < 20_000; i++) sum.Add(100_000.123456789);
        sum.WeightedMean.ShouldBe(100_000.123456789, 1e-10);
    }
}
