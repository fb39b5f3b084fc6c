using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Numerics;

public class PortableTrigonometryTests
{
    [Fact]
    public void Sine_and_cosine_are_within_two_units_of_the_last_place_of_the_libm_ones()
    {
        var random = new PortableRandom(3);
        for (var i = 0; i < 20_000; i++)
        {
            var x = (2 * random.NextDouble() - 1) * (i % 2 == 0 ? 4 : 10_000);
            var (sin, cos) = PortableTrigonometry.SinCos(x);
            Math.Abs(sin - Math.Sin(x)).ShouldBeLessThan(3e-16, $"sin {x}");
            Math.Abs(cos - Math.Cos(x)).ShouldBeLessThan(3e-16, $"cos {x}");
        }
        PortableTrigonometry.SinCos(0).ShouldBe((0, 1));
        double.IsNaN(PortableTrigonometry.Sin(double.PositiveInfinity)).ShouldBeTrue();
    }

    [Fact]
    public void A_generator_goes_on_from_its_saved_state()
    {
        var random = new PortableRandom(5);
        random.NextBits();
        Span<ulong> saved = stackalloc ulong[4];
        random.Save(saved);
        var copy = PortableRandom.FromSaved(saved);
        for (var i = 0; i < 10; i++) copy.NextBits().ShouldBe(random.NextBits());
    }
}
