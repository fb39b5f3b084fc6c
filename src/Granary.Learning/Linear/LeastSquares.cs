using Granary.Engine.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Linear;

/// <summary>
/// Second moments of standardised features and a centred label: the sufficient statistics of a linear regression.
/// </summary>
internal sealed class LeastSquares
{
    public LeastSquares(TrainingSet set)
    {
        Scaler = Standardiser.Fit(set);
        var width = set.Table.Width;
        var z = Scaler.Apply(set);
        var labels = set.Labels();
        var weights = set.Weights();
        Gram = new double[width * width];
        Moment = new double[width];
        for (var i = 0; i < labels.Length; i++)
        {
            TotalWeight += weights[i];
            LabelMean += weights[i] * labels[i];
        }
        LabelMean /= TotalWeight;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = z.AsSpan(i * width, width);
            for (var f = 0; f < width; f++)
                if (row[f] != 0)
                    Dense.AddScaled(weights[i] * row[f], row[..(f + 1)], Gram.AsSpan(f * width, f + 1));
            Dense.AddScaled(weights[i] * (labels[i] - LabelMean), row, Moment);
        }
        for (var f = 0; f < width; f++)
            for (var g = 0; g < f; g++)
                Gram[g * width + f] = Gram[f * width + g];
    }

    public Standardiser Scaler { get; }

    /// <summary>[features, features]: Σ w z zᵀ.</summary>
    public double[] Gram { get; }

    /// <summary>[features]: Σ w z (y − mean).</summary>
    public double[] Moment { get; }

    public double LabelMean { get; }

    public double TotalWeight { get; }

    /// <summary>Coefficients of the standardised features under a penalty of <paramref name="ridge"/> · Σ β².</summary>
    public double[] Solve(double ridge)
    {
        var width = Moment.Length;
        var a = (double[])Gram.Clone();
        for (var f = 0; f < width; f++) a[f * width + f] += ridge;
        var b = (double[])Moment.Clone();
        Cholesky.Solve(a, b);
        return b;
    }

    /// <summary>
    /// Coefficients that minimise ½/W Σ w (y − zβ)² + α Σ|β|, by coordinate descent from <paramref name="start"/>, which is overwritten.
    /// </summary>
    public void Lasso(double alpha, double[] start)
    {
        var width = Moment.Length;
        var gradient = (double[])Moment.Clone();
        for (var f = 0; f < width; f++)
            if (start[f] != 0)
                Dense.AddScaled(-start[f], Gram.AsSpan(f * width, width), gradient);
        var threshold = alpha * TotalWeight;
        for (var pass = 0; pass < 10_000; pass++)
        {
            var largest = 0.0;
            for (var f = 0; f < width; f++)
            {
                var diagonal = Gram[f * width + f];
                if (diagonal <= 0) continue;
                var rho = gradient[f] + diagonal * start[f];
                var next = rho > threshold ? (rho - threshold) / diagonal : rho < -threshold ? (rho + threshold) / diagonal : 0;
                var change = next - start[f];
                if (change == 0) continue;
                start[f] = next;
                Dense.AddScaled(-change, Gram.AsSpan(f * width, width), gradient);
                largest = Math.Max(largest, Math.Abs(change) * Math.Sqrt(diagonal / TotalWeight));
            }
            if (largest < 1e-9) return;
        }
    }

    /// <summary>The smallest α at which every coefficient is zero.</summary>
    public double LargestAlpha()
    {
        var largest = 0.0;
        foreach (var m in Moment) largest = Math.Max(largest, Math.Abs(m) / TotalWeight);
        return largest;
    }

    public double[] ToRawScale(double[] coefficients)
    {
        var raw = new double[coefficients.Length];
        for (var f = 0; f < raw.Length; f++) raw[f] = coefficients[f] * Scaler.Scale[f];
        return raw;
    }
}
