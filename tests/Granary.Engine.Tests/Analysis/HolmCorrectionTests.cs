using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public sealed class HolmCorrectionTests
{
    [Fact]
    public void Adjusted_values_are_those_of_a_hand_calculation()
    {
        // By rank: 0.01·4, 0.02·3, max(0.06, 0.03·2), max(0.06, 0.5·1).
        var adjusted = HolmCorrection.Adjust([0.03, 0.01, 0.5, 0.02]);
        adjusted[0].ShouldBe(0.06, 1e-15);
        adjusted[1].ShouldBe(0.04, 1e-15);
        adjusted[2].ShouldBe(0.5, 1e-15);
        adjusted[3].ShouldBe(0.06, 1e-15);
        HolmCorrection.Adjust([0.9, 0.8]).ShouldBe([1, 1]);
        HolmCorrection.Adjust([]).ShouldBeEmpty();
    }
}
