using Granary.Engine.Factors;
using Granary.Testing.Bars;
using Granary.Testing.Factors;
using Xunit;

namespace SamplePlugin.Tests;

/// <summary>The rules of every factor, and what this one computes.</summary>
public sealed class ClosePlaceTests : FactorContractTests
{
    protected override FactorKernel Create() => new ClosePlace(2);

    [Fact]
    public void It_is_the_mean_place_of_the_close_between_low_and_high() => Assert.Equal([double.NaN, 0.25, 0.75, 0.75],
        Compute(TestBars.Parse("""
            10 12 10 10 1
            10 12 10 11 1
            11 12 10 12 1
            12 12 12 12 1
            """))[0]);
}
