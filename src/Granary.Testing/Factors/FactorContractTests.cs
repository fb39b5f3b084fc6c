using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Testing.Bars;
using Xunit;

namespace Granary.Testing.Factors;

/// <summary>
/// The rules of every factor, as tests: derive a class and create the factor. They hold for factors of one symbol's own bars.
/// </summary>
public abstract class FactorContractTests
{
    private const int Count = 900;

    /// <summary>Creates the factor, before its first bar.</summary>
    protected abstract FactorKernel Create();

    /// <summary>The number of its lines.</summary>
    protected virtual int Lines => 1;

    /// <summary>The values of all lines over some bars.</summary>
    /// <param name="length">Bars in each block, from 1.</param>
    protected double[][] Compute(IReadOnlyList<Bar> bars, int length = BarBlock.MaxCount)
    {
        var kernel = Create();
        kernel.Begin(TestBars.Market(Timeframe.M5));
        double[][] lines = [.. Enumerable.Range(0, Lines).Select(_ => new double[bars.Count])];
        for (var start = 0; start < bars.Count; start += length)
        {
            var part = bars.Skip(start).Take(length).ToArray();
            kernel.Process(new FactorInput(BarBlock.FromBars(start, part), 0, part.Length), new FactorOutput(lines, start, part.Length));
        }
        return lines;
    }

    private static Bar[] Market(int seed) => TestBars.Random(seed, Count, Timeframe.M5);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(700)]
    public void Its_values_do_not_depend_on_the_length_of_the_blocks(int length)
    {
        for (var seed = 1; seed <= 3; seed++) Assert.Equal(Compute(Market(seed)), Compute(Market(seed), length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(400)]
    [InlineData(Count - 1)]
    public void Later_bars_change_no_earlier_value(int cut)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var bars = Market(seed);
            var whole = Compute(bars, 64);
            for (var i = cut; i < Count; i++) bars[i] = new Bar(bars[i].Time, 1e6, 2e6, 1e-3, 5e5, 1e12);
            var other = Compute(bars, 64);
            for (var line = 0; line < Lines; line++) Assert.Equal(whole[line][..cut], other[line][..cut]);
        }
    }

    [Fact]
    public void It_has_no_value_before_the_bar_that_it_declares()
    {
        var kernel = Create();
        kernel.Begin(TestBars.Market(Timeframe.M5));
        for (var seed = 1; seed <= 3; seed++)
        {
            var lines = Compute(Market(seed));
            for (var line = 0; line < Lines; line++)
            {
                var first = Array.FindIndex(lines[line], v => !double.IsNaN(v)) + 1;
                Assert.True(first >= kernel.WarmUpOf(line), $"line {line} has a value at bar {first}, and it declares {kernel.WarmUpOf(line)}");
            }
        }
    }

    [Fact]
    public void It_allocates_no_memory_at_a_bar()
    {
        var kernel = Create();
        kernel.Begin(TestBars.Market(Timeframe.M5));
        var block = BarBlock.FromBars(0, Market(1));
        double[][] lines = [.. Enumerable.Range(0, Lines).Select(_ => new double[Count])];
        kernel.Process(new FactorInput(block, 0, 300), new FactorOutput(lines, 0, 300));
        // The runtime may allocate on this thread while it compiles a method again, so the least of several stretches counts.
        var least = long.MaxValue;
        for (var start = 300; start < Count; start += 100)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = start; i < start + 100; i++) kernel.Process(new FactorInput(block, i, 1), new FactorOutput(lines, i, 1));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
