using Granary.Engine.Numerics;

namespace Granary.Learning.Linear;

/// <summary>Σ w·loss + penalty·Σβ² / 2 of a logistic regression with a free intercept, and its derivatives.</summary>
/// <param name="z">Row-major [rows, width].</param>
/// <param name="labels">[rows], 0 … 1.</param>
/// <param name="weights">[rows].</param>
internal sealed class LogisticLoss(double[] z, double[] labels, double[] weights, int width, double penalty)
{
    /// <param name="beta">[width + 1], the intercept last.</param>
    /// <param name="scores">Out: [rows], the linear predictor of each row.</param>
    public double Value(double[] beta, double[] scores)
    {
        var total = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var score = scores[i] = beta[width] + Dense.Dot(z.AsSpan(i * width, width), beta);
            total += weights[i] * (PortableMath.Softplus(score) - labels[i] * score);
        }
        return total + penalty / 2 * Dense.Dot(beta.AsSpan(0, width), beta);
    }

    /// <param name="scores">[rows], of <see cref="Value"/> at the same coefficients.</param>
    /// <param name="gradient">Out: [width + 1], negative gradient.</param>
    /// <param name="hessian">Out: [width + 1, width + 1], the lower triangle.</param>
    public void Derivatives(double[] beta, double[] scores, double[] gradient, double[] hessian)
    {
        var size = width + 1;
        Array.Clear(hessian);
        Array.Clear(gradient);
        for (var i = 0; i < labels.Length; i++)
        {
            var p = PortableMath.Sigmoid(scores[i]);
            var row = z.AsSpan(i * width, width);
            var curvature = weights[i] * Math.Max(p * (1 - p), 1e-12);
            var residual = weights[i] * (labels[i] - p);
            for (var f = 0; f < width; f++)
                Dense.AddScaled(curvature * row[f], row[..(f + 1)], hessian.AsSpan(f * size, f + 1));
            Dense.AddScaled(curvature, row, hessian.AsSpan(width * size, width));
            hessian[width * size + width] += curvature;
            Dense.AddScaled(residual, row, gradient);
            gradient[width] += residual;
        }
        for (var f = 0; f < width; f++)
        {
            hessian[f * size + f] += penalty;
            gradient[f] -= penalty * beta[f];
        }
    }
}
