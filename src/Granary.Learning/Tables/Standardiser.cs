using Granary.Engine.Numerics;

namespace Granary.Learning.Tables;

/// <summary>
/// Mean and deviation of each feature, from the training samples only. A feature that is constant there has the scale zero and therefore no
/// effect, whatever its later values.
/// </summary>
public sealed class Standardiser
{
    private Standardiser(double[] mean, double[] scale)
    {
        Mean = mean;
        Scale = scale;
    }

    /// <summary>[features], weighted.</summary>
    public double[] Mean { get; }

    /// <summary>[features]: 1 / standard deviation (population, weighted); 0 if the feature is constant.</summary>
    public double[] Scale { get; }

    public static Standardiser Fit(TrainingSet set)
    {
        var table = set.Table;
        var width = table.Width;
        var mean = new double[width];
        var scale = new double[width];
        var magnitude = new double[width];
        var total = 0.0;
        foreach (var row in set.Rows)
        {
            var w = table.Weight[row];
            var values = table.Row(row);
            for (var f = 0; f < width; f++) magnitude[f] = Math.Max(magnitude[f], Math.Abs(values[f]));
            total += w;
            if (w > 0) Dense.AddScaled(w, values, mean);
        }
        for (var f = 0; f < width; f++) mean[f] /= total;
        foreach (var row in set.Rows)
        {
            var w = table.Weight[row];
            var x = table.Row(row);
            for (var f = 0; f < width; f++) scale[f] += w * (x[f] - mean[f]) * (x[f] - mean[f]);
        }
        for (var f = 0; f < width; f++)
        {
            var deviation = Math.Sqrt(scale[f] / total);
            scale[f] = Variation.IsNone(deviation, magnitude[f]) ? 0 : 1 / deviation;
        }
        return new Standardiser(mean, scale);
    }

    public static Standardiser From(double[] mean, double[] scale) => new(mean, scale);

    /// <summary>(x − mean) · scale, feature by feature.</summary>
    public void Apply(ReadOnlySpan<double> row, Span<double> target)
    {
        for (var f = 0; f < Mean.Length; f++) target[f] = (row[f] - Mean[f]) * Scale[f];
    }

    /// <summary>Returns the standardised features, row-major [rows, features].</summary>
    public double[] Apply(TrainingSet set)
    {
        var width = Mean.Length;
        var result = new double[set.Rows.Length * width];
        for (var i = 0; i < set.Rows.Length; i++) Apply(set.Table.Row(set.Rows[i]), result.AsSpan(i * width, width));
        return result;
    }
}
