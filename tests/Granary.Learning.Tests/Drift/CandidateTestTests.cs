using Granary.Learning.Drift;

namespace Granary.Learning.Tests.Drift;

public sealed class CandidateTestTests
{
    private static double[] Differences(double high, double low, int count = 32) =>
        [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? high : low)];

    [Fact]
    public void A_candidate_is_better_by_a_paired_t_test_at_a_seventh_of_five_percent()
    {
        // Mean 0.1, standard deviation 0.2032: t = 2.78388 with 31 degrees of freedom, p = 0.0045 by Simpson's rule over the density.
        var better = CandidateTest.At(Differences(0.3, -0.1))!.Value;
        better.Mean.ShouldBe(0.1, 1e-12);
        better.PValue.ShouldBe(0.00453532, 1e-7);
        CandidateTest.IsBetter(better).ShouldBeTrue();
        // Mean 0.08, t = 2.02464, p = 0.0258: enough for one look at 5 %, and not for one of seven.
        var unsure = CandidateTest.At(Differences(0.3, -0.14))!.Value;
        unsure.PValue.ShouldBe(0.02579589, 1e-7);
        CandidateTest.IsBetter(unsure).ShouldBeFalse();
        CandidateTest.IsBetter(CandidateTest.At(Differences(-0.3, 0.1))!.Value).ShouldBeFalse();
        CandidateTest.IsBetter(CandidateTest.At(Differences(0.25, 0.25))!.Value).ShouldBeFalse("equal differences leave nothing to test");
    }

    [Fact]
    public void It_is_examined_at_powers_of_two_alone()
    {
        CandidateTest.At(Differences(0.3, -0.1, 31)).ShouldBeNull();
        double[] late = [.. Differences(0.3, -0.1), .. Enumerable.Repeat(-9.0, 31)];
        CandidateTest.At(late).ShouldBe(CandidateTest.At(Differences(0.3, -0.1)), "what came after the look of 32 waits for that of 64");
        CandidateTest.At([.. late, -9])!.Value.Count.ShouldBe(64);
        CandidateTest.At(Differences(1, -1, 5_000))!.Value.Count.ShouldBe(CandidateTest.MostDifferences);
    }
}
