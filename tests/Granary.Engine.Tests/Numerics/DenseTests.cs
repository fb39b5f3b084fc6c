using Granary.Engine.Numerics;

namespace Granary.Engine.Tests.Numerics;

public class DenseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    public void Sums_and_products_agree_with_plain_loops(int n)
    {
        var random = new PortableRandom(n);
        double[] a = [.. Enumerable.Range(0, n).Select(_ => random.NextGaussian())], b = [.. a.Select(x => x * x - 1)];
        Dense.Dot(a, b).ShouldBe(a.Zip(b, (x, y) => x * y).Sum(), 1e-12);
        Dense.Sum(a).ShouldBe(a.Sum(), 1e-12);
        Dense.SquaredDistance(a, b).ShouldBe(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum(), 1e-12);
        var c = (double[])b.Clone();
        Dense.AddScaled(2, a, c);
        for (var i = 0; i < n; i++) c[i].ShouldBe(b[i] + 2 * a[i], 1e-12);
        Dense.AllFinite(a).ShouldBeTrue();
        if (n == 0) return;
        a[n - 1] = double.NaN;
        Dense.AllFinite(a).ShouldBeFalse();
        a[n - 1] = double.NegativeInfinity;
        Dense.AllFinite(a).ShouldBeFalse();
    }
}
