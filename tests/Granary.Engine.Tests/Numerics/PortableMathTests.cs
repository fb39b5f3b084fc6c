using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Numerics;

public class PortableMathTests
{
    [Fact]
    public void The_exponential_is_within_two_units_of_the_last_place_of_the_libm_one_over_its_range()
    {
        var random = new PortableRandom(1);
        for (var i = 0; i < 20_000; i++)
        {
            var x = 1400 * random.NextDouble() - 700;
            var expected = Math.Exp(x);
            Math.Abs(PortableMath.Exp(x) - expected).ShouldBeLessThanOrEqualTo(2 * Math.BitIncrement(expected) - 2 * expected, $"e^{x}");
        }
        PortableMath.Exp(0).ShouldBe(1);
        double.IsNaN(PortableMath.Exp(double.NaN)).ShouldBeTrue();
        PortableMath.Exp(-1e9).ShouldBeGreaterThan(0);
        double.IsFinite(PortableMath.Exp(1e9)).ShouldBeTrue();
    }

    [Fact]
    public void The_logarithm_is_within_two_units_of_the_last_place_of_the_libm_one()
    {
        var random = new PortableRandom(2);
        for (var i = 0; i < 20_000; i++)
        {
            var x = Math.Exp(1400 * random.NextDouble() - 700);
            var expected = Math.Log(x);
            Math.Abs(PortableMath.Log(x) - expected)
                .ShouldBeLessThanOrEqualTo(2 * (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)), $"ln {x}");
        }
        PortableMath.Log(1).ShouldBe(0);
        PortableMath.Log(0).ShouldBe(double.NegativeInfinity);
        double.IsNaN(PortableMath.Log(-1)).ShouldBeTrue();
        Math.Abs(PortableMath.Log(double.Epsilon) - Math.Log(double.Epsilon)).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void The_vector_form_gives_the_bits_of_the_scalar_form()
    {
        var random = new PortableRandom(3);
        for (var i = 0; i < 5_000; i++)
        {
            var x = 60 * random.NextDouble() - 30;
            PortableMath.Exp(Vector256.Create(x))[i % 4].ShouldBe(PortableMath.Exp(x));
            PortableMath.Sigmoid(Vector256.Create(x))[i % 4].ShouldBe(PortableMath.Sigmoid(x));
            PortableMath.Tanh(Vector256.Create(x))[i % 4].ShouldBe(PortableMath.Tanh(x));
        }
    }

    [Fact]
    public void The_bits_are_the_same_as_when_this_was_written()
    {
        // A change here changes every stored model's predictions.
        var sum = 0L;
        for (var i = -50; i <= 50; i++)
            sum = unchecked(sum * 31 + BitConverter.DoubleToInt64Bits(PortableMath.Exp(i * 0.37))
                + BitConverter.DoubleToInt64Bits(PortableMath.Log(Math.Abs(i * 0.37) + 0.01)));
        var random = new PortableRandom(42, 7);
        for (var i = 0; i < 100; i++) sum = unchecked(sum * 31 + (long)random.NextBits());
        sum.ShouldBe(Expected);
    }

    private const long Expected = 73517750942968761;

    [Fact]
    public void The_series_of_generated_markets_agree_with_the_platform_and_keep_their_bits()
    {
        var random = PortableRandom.FromState(5);
        var sum = 0L;
        for (var i = 0; i < 20_000; i++)
        {
            var x = PortableMath.SeriesExp(40 * random.NextDouble() - 20);
            var log = PortableMath.SeriesLog(x);
            log.ShouldBe(Math.Log(x), 4e-15 * Math.Max(1, Math.Abs(Math.Log(x))));
            var y = 60 * random.NextDouble() - 30;
            (PortableMath.SeriesExp(y) / Math.Exp(y)).ShouldBe(1, 4e-15);
            sum = unchecked(sum * 31 + BitConverter.DoubleToInt64Bits(x) + BitConverter.DoubleToInt64Bits(log));
        }
        sum.ShouldBe(SeriesBits);
    }

    [Fact]
    public void The_generator_is_xoshiro256_starstar()
    {
        // The first outputs for the seed 0, from splitmix64's published states (Vigna's reference implementation, also in Rust's
        // rand_xoshiro tests).
        var random = PortableRandom.FromState(0);
        random.NextBits().ShouldBe(0x99EC5F36CB75F2B4UL);
        random.NextBits().ShouldBe(0xBF6E1F784956452AUL);
        var state = 0UL;
        SplitMix64.Next(ref state).ShouldBe(0xE220A8397B1DCDAFUL);
        SplitMix64.Next(ref state).ShouldBe(0x6E789E6AA1B965F4UL);
        SplitMix64.Mix(0).ShouldBe(0xE220A8397B1DCDAFUL);
    }

    private const long SeriesBits = 2244015491825233917;
}
