using Granary.Engine.Factors;
using Granary.Engine.Market;
using Xunit;

namespace SamplePlugin.Tests;

public sealed class ClosePlaceTests
{
    // Closes at the bottom, in the middle and at the top of their bars, and a bar without a range.
    private static readonly Bar[] _bars =
    [
        new(0, 10, 12, 10, 10, 1), new(1, 10, 12, 10, 11, 1), new(2, 11, 12, 10, 12, 1), new(3, 12, 12, 12, 12, 1),
    ];

    private static double[] Compute(int n, int blockLength)
    {
        var kernel = new ClosePlace(n);
        var block = BarBlock.FromBars(0, _bars);
        double[][] lines = [new double[_bars.Length]];
        for (var start = 0; start < _bars.Length; start += blockLength)
        {
            var count = Math.Min(blockLength, _bars.Length - start);
            kernel.Process(new FactorInput(block, start, count), new FactorOutput(lines, start, count));
        }
        return lines[0];
    }

    [Fact]
    public void It_is_the_mean_place_of_the_close_between_low_and_high() => Assert.Equal([double.NaN, 0.25, 0.75, 0.75], Compute(2, 4));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void It_has_the_same_values_in_blocks_of_any_length(int blockLength) => Assert.Equal(Compute(2, 4), Compute(2, blockLength));
}
