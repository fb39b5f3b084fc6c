using Granary.Engine.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Tests;

/// <summary>Seeded tables with a known truth.</summary>
internal static class SyntheticTables
{
    /// <summary>Eight normal features; the log odds of 1 are strength · (1.2 x0 − 0.8 x1 + x2·x3). Strength 0 = pure noise.</summary>
    public static TrainingTable Classes(int rows, double strength = 1, long seed = 11)
    {
        var random = new PortableRandom(seed);
        var values = new double[rows * 8];
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var f = 0; f < 8; f++) values[i * 8 + f] = random.NextGaussian();
            var x = values.AsSpan(i * 8, 8);
            var odds = strength * (1.2 * x[0] - 0.8 * x[1] + x[2] * x[3]);
            labels[i] = random.NextDouble() < PortableMath.Sigmoid(odds) ? 1 : 0;
        }
        return new TrainingTable(Names(8), values, labels);
    }

    /// <summary>Five normal features; y = 3 + 2 x0 − x1 + noise.</summary>
    public static TrainingTable Numbers(int rows, double noise = 0.5, long seed = 12)
    {
        var random = new PortableRandom(seed);
        var values = new double[rows * 5];
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var f = 0; f < 5; f++) values[i * 5 + f] = random.NextGaussian();
            labels[i] = 3 + 2 * values[i * 5] - values[i * 5 + 1] + noise * random.NextGaussian();
        }
        return new TrainingTable(Names(5), values, labels);
    }

    public static string[] Names(int width) => [.. Enumerable.Range(0, width).Select(f => "x" + f)];
}
