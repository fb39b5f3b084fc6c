using System.Runtime.Intrinsics;
using Granary.Learning.Numerics;

namespace Granary.Learning.Tests.Numerics;

public class PortableMathTests
{
    [Fact]
    public void The_exponential_is_within_two_units_of_the_last_place_of_the_libm_one_over_its_range()
    {
        var random = new SeededRandom(1);
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
        var random = new SeededRandom(2);
        for (var i = 0; i < 20_000; i++)
        {
            var x = Math.Exp(1400 * random.NextDouble() - 700);
            var expected = Math.Log(x);
            Math.Abs(PortableMath.Log(x) - expected).ShouldBeLessThanOrEqualTo(2 * (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)), $"ln {x}");
        }
        PortableMath.Log(1).ShouldBe(0);
        PortableMath.Log(0).ShouldBe(double.NegativeInfinity);
        double.IsNaN(PortableMath.Log(-1)).ShouldBeTrue();
        Math.Abs(PortableMath.Log(double.Epsilon) - Math.Log(double.Epsilon)).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void The_vector_form_gives_the_bits_of_the_scalar_form()
    {
        var random = new SeededRandom(3);
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
            sum = unchecked(sum * 31 + BitConverter.DoubleToInt64Bits(PortableMath.Exp(i * 0.37)) + BitConverter.DoubleToInt64Bits(PortableMath.Log(Math.Abs(i * 0.37) + 0.01)));
        var random = new SeededRandom(42, 7);
        for (var i = 0; i < 100; i++) sum = unchecked(sum * 31 + (long)random.NextBits());
        sum.ShouldBe(Expected);
    }

    private const long Expected = 73517750942968761;
}
