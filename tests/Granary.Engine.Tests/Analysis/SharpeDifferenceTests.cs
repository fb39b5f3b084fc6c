using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Analysis;

/// <summary>The difference of two Sharpe ratios, against numpy and against simulated accounts whose ratios are equal.</summary>
/// <remarks>
/// The constants are of a program in Python with numpy and scipy: numpy.linalg.lstsq for the autoregression, numpy.linalg.svd for its
/// bound, full 4 by 4 covariance matrices for each lag of the quadratic-spectral kernel, and numpy.linalg.inv to recolour them.
/// </remarks>
public class SharpeDifferenceTests
{
    // The uniforms of the old C library, so that any language can repeat the returns.
    private static double[] Normals(long seed, int n)
    {
        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            seed = (1103515245 * seed + 12345) % (1L << 31);
            values[i] = NormalDistribution.Quantile((seed + 0.5) / (1L << 31));
        }
        return values;
    }

    // An account with serial correlation and changing volatility, and one that follows it.
    private static (double[] First, double[] Second) Accounts(int n)
    {
        var (u, v, a, b) = (Normals(11, n), Normals(23, n), new double[n], new double[n]);
        for (var t = 0; t < n; t++)
        {
            var volatility = t / 20 % 2 == 0 ? 0.02 : 0.035;
            a[t] = 0.002 + volatility * u[t] + (t > 0 ? 0.3 * (a[t - 1] - 0.002) : 0);
            b[t] = 0.001 + 0.6 * (a[t] - 0.002) + 0.015 * v[t];
        }
        return (a, b);
    }

    [Theory]
    [InlineData(60, 0.01691072003078914, 0.11034192228729192)]
    [InlineData(260, 0.0687997506679594, 0.04335859280437393)]
    [InlineData(1000, 0.0369533923656651, 0.022345930243662188)]
    public void Difference_and_standard_error_are_those_of_numpy(int periods, double difference, double error)
    {
        var (a, b) = Accounts(periods);
        var found = SharpeDifference.Of(a, b);
        found.Difference.ShouldBe(difference, 1e-12);
        found.StandardError.ShouldBe(error, 1e-10);
        found.PValue.ShouldBe(2 * (1 - NormalDistribution.Cumulative(difference / error)), 1e-8);
    }

    [Fact]
    public void Series_that_wander_are_held_to_the_bound_of_the_autoregression()
    {
        var (a, b) = Accounts(300);
        Array.Reverse(b);
        for (var t = 1; t < a.Length; t++) (a[t], b[t]) = (a[t] + a[t - 1], b[t] + b[t - 1]);
        var found = SharpeDifference.Of([.. a.Select(x => x / 10)], [.. b.Select(x => x / 10)]);
        found.Difference.ShouldBe(1.7062145758544145, 1e-10);
        found.StandardError.ShouldBe(0.6276326812306594, 1e-9);
    }

    [Fact]
    public void The_unit_of_the_returns_does_not_matter()
    {
        var (a, b) = Accounts(260);
        var (fractions, percents) = (SharpeDifference.Of(a, b),
            SharpeDifference.Of([.. a.Select(x => 100 * x)], [.. b.Select(x => 100 * x)]));
        percents.Difference.ShouldBe(fractions.Difference, 1e-13);
        percents.StandardError.ShouldBe(fractions.StandardError, 1e-12);
        percents.BootstrapPValue(6, 200, 3).ShouldBe(fractions.BootstrapPValue(6, 200, 3));
    }

    [Fact]
    public void An_account_and_a_multiple_of_it_do_not_differ()
    {
        var (a, _) = Accounts(260);
        foreach (var found in (SharpeDifference[])[SharpeDifference.Of(a, a), SharpeDifference.Of(a, [.. a.Select(x => 0.3 * x)])])
        {
            found.Difference.ShouldBe(0, 1e-12);
            found.StandardError.ShouldBe(0);
            found.PValue.ShouldBe(1);
            found.BootstrapPValue(0, 100, 1).ShouldBe(1);
        }
    }

    [Fact]
    public void Accounts_without_deviation_and_short_records_have_no_standard_error()
    {
        var (a, b) = Accounts(19);
        var brief = SharpeDifference.Of(a, b);
        double.IsNaN(brief.Difference).ShouldBeFalse();
        double.IsNaN(brief.StandardError).ShouldBeTrue();
        double.IsNaN(brief.PValue).ShouldBeTrue();
        double.IsNaN(brief.BootstrapPValue(0, 100, 1)).ShouldBeTrue();
        double.IsNaN(SharpeDifference.Of(new double[100], Accounts(100).First).Difference).ShouldBeTrue();
        double.IsNaN(SharpeDifference.Of([], []).Difference).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => SharpeDifference.Of(a, [.. b, 0]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bootstrap()
    {
        var (a, b) = Accounts(260);
        var found = SharpeDifference.Of(a, b);
        found.BootstrapPValue(0, 500, 7).ShouldBe(SharpeDifference.Of(a, b).BootstrapPValue(0, 500, 7));
        // Both tests answer the same question.
        found.BootstrapPValue(0, 4999, 7).ShouldBe(found.PValue, 0.05);
    }

    // Two accounts with equal Sharpe ratios: fat tails, serial correlation, and a common market.
    private static (double[] First, double[] Second) Equal(int n, long seed, double persistence)
    {
        var random = new PortableRandom(seed);
        var (a, b) = (new double[n], new double[n]);
        // The market is a GARCH process.
        var (market, own, other, variance, shock) = (0.0, 0.0, 0.0, 1.0, 0.0);
        for (var t = 0; t < n; t++)
        {
            variance = 0.1 + 0.15 * shock * shock + 0.75 * variance;
            shock = Math.Sqrt(variance) * random.NextGaussian();
            market = persistence * market + shock;
            own = persistence * own + random.NextGaussian();
            other = persistence * other + random.NextGaussian();
            a[t] = 0.01 * (0.1 + market + own);
            b[t] = 0.03 * (0.1 + market + other);
        }
        return (a, b);
    }

    [Theory]
    [InlineData(0, 0.035, 0.065)]
    [InlineData(0.3, 0.035, 0.07)]
    public void Equal_ratios_differ_by_the_test_in_five_of_a_hundred_records(double persistence, double least, double most)
    {
        const int Records = 2_000;
        int normal = 0, bootstrap = 0;
        Parallel.For(0, Records, i =>
        {
            var (a, b) = Equal(250, i + 1, persistence);
            var found = SharpeDifference.Of(a, b);
            if (found.PValue < 0.05) Interlocked.Increment(ref normal);
            if (found.BootstrapPValue(0, 199, i) <= 0.05) Interlocked.Increment(ref bootstrap);
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{normal} {bootstrap}");
        ((double)normal / Records).ShouldBeInRange(least, most);
        ((double)bootstrap / Records).ShouldBeInRange(least, most);
    }
}
