using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Analysis.Resampling;

public class VolatilityBlockTests
{
    private const int Days = 1000, Accounts = 50;

    // GARCH(1,1) with a long-run variance of 1; without coefficients independent normals.
    private static AccountPath Account(int seed, double shock, double storm)
    {
        var random = new PortableRandom(seed);
        var (times, values) = (new long[Days + 1], new double[Days + 1]);
        values[0] = 100_000;
        var variance = 1.0;
        for (var t = 1; t <= Days; t++)
        {
            var z = Math.Sqrt(variance) * random.NextGaussian();
            variance = 1 - shock - storm + shock * z * z + storm * variance;
            (times[t], values[t]) = (t * TimeSpan.TicksPerDay, values[t - 1] * (1 + 0.0004 + 0.01 * z));
        }
        return new AccountPath(times, values);
    }

    private static int Above(double limit, double shock, double storm) =>
        Enumerable.Range(0, Accounts).Count(seed => Account(seed, shock, storm).VolatilityBlock() > limit);

    [Fact]
    public void Clustered_volatility_has_long_blocks_and_a_constant_one_has_not()
    {
        Above(4, 0, 0).ShouldBeLessThanOrEqualTo(3);
        Above(4, 0.1, 0.88).ShouldBeGreaterThanOrEqualTo(40);
    }

    [Fact]
    public void An_account_that_never_moves_has_blocks_of_one_return() =>
        new AccountPath([0, 1, 2, 3, 4, 5], [1, 1, 1, 1, 1, 1]).VolatilityBlock().ShouldBe(1);
}
