namespace Granary.Engine.Tests.Analysis;

/// <summary>Normal draws that are the same in every run.</summary>
internal sealed class SeededNormals(int seed)
{
    private readonly Random _random = new(seed);

    public double Next() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    public double[] Returns(int count, double mean, double deviation)
    {
        var r = new double[count];
        for (var i = 0; i < count; i++) r[i] = mean + deviation * Next();
        return r;
    }

    public double[][] Strategies(int count, int periods, double deviation = 0.01) =>
        [.. Enumerable.Range(0, count).Select(_ => Returns(periods, 0, deviation))];
}
