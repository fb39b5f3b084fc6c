using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Analysis;

public sealed class FalseDiscoveryControlTests
{
    [Fact]
    public void Adjusted_values_are_those_of_a_hand_calculation()
    {
        // 1 + 1/2 + 1/3 + 1/4 = 25/12. By rank: 0.01·4/1, 0.02·4/2, 0.03·4/3 and 0.5·4/4, times 25/12.
        var adjusted = FalseDiscoveryControl.Adjust([0.03, 0.01, 0.5, 0.02]);
        adjusted[0].ShouldBe(0.04 * 25 / 12, 1e-15);
        adjusted[1].ShouldBe(0.04 * 25 / 12, 1e-15);
        adjusted[2].ShouldBe(1);
        adjusted[3].ShouldBe(0.04 * 25 / 12, 1e-15);
        // A later rank lowers an earlier one: 0.05·2·1.5/2 is less than 0.04·2·1.5/1.
        FalseDiscoveryControl.Adjust([0.04, 0.05]).ShouldBe([0.075, 0.075], 1e-15);
        FalseDiscoveryControl.Adjust([]).ShouldBeEmpty();
    }

    [Fact]
    public void The_share_of_false_findings_stays_below_the_level_where_tests_depend_on_one_another()
    {
        var random = new PortableRandom(7);
        var (share, runs) = (0.0, 2_000);
        for (var run = 0; run < runs; run++)
        {
            // Ten tests with an effect, forty without; a common shock makes all of them depend on one another.
            var shock = random.NextGaussian();
            var p = new double[50];
            for (var i = 0; i < p.Length; i++)
            {
                var z = 0.7 * shock + Math.Sqrt(1 - 0.49) * random.NextGaussian() + (i < 10 ? 3.5 : 0);
                p[i] = NormalDistribution.Erfc(Math.Abs(z) / Math.Sqrt(2));
            }
            var found = FalseDiscoveryControl.Adjust(p).Select((a, i) => (a, i)).Where(x => x.a <= 0.1).Select(x => x.i).ToList();
            if (found.Count > 0) share += found.Count(i => i >= 10) / (double)found.Count;
        }
        (share / runs).ShouldBeLessThan(0.1);
        share.ShouldBeGreaterThan(0);
    }
}
