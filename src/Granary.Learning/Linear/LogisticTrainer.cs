using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>
/// Logistic regression on standardised features: minimises Σ w·loss + Σβ² / 2c with a free intercept, by Newton's method until machine
/// precision. The default is scikit-learn's (L2, C = 1).
/// </summary>
[Trainer("logistic", "Logistic regression with a penalty on squared coefficients of the standardised features.")]
internal sealed class LogisticTrainer([Range(1e-9, 1e9)] double c = 1) : ITrainer
{
    public string Name => "logistic";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: true);
        var scaler = Standardiser.Fit(set);
        var z = scaler.Apply(set);
        var coefficients = Fit(z, set.Labels(), set.Weights(), set.Table.Width, 1 / c, options.Cancellation, out var intercept);
        for (var f = 0; f < coefficients.Length; f++) coefficients[f] *= scaler.Scale[f];
        return new LinearModel(new ModelHead(Name, LearningTask.Classification, set.Table.Features), scaler.Mean, coefficients, intercept,
            sigmoid: true);
    }

    /// <summary>Newton's method with halved steps.</summary>
    /// <param name="z">Row-major [rows, width].</param>
    /// <param name="labels">[rows], 0 … 1 (fractions allowed: smoothed targets).</param>
    internal static double[] Fit(double[] z, double[] labels, double[] weights, int width, double penalty, CancellationToken cancellation,
        out double intercept)
    {
        var objective = new LogisticLoss(z, labels, weights, width, penalty);
        var size = width + 1;
        var beta = new double[size]; // the last one is the intercept
        var scores = new double[labels.Length];
        var loss = objective.Value(beta, scores);
        var hessian = new double[size * size];
        var gradient = new double[size];
        var trial = new double[size];
        for (var iteration = 0; iteration < 100; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            objective.Derivatives(beta, scores, gradient, hessian);
            Cholesky.Solve(hessian, gradient);
            var step = 1.0;
            var before = loss;
            while (true)
            {
                for (var f = 0; f < size; f++) trial[f] = beta[f] + step * gradient[f];
                loss = objective.Value(trial, scores);
                if (loss <= before || step < 1e-6) break;
                step /= 2;
            }
            // If no step lowers the loss any more, beta is the minimum up to rounding.
            if (loss > before) break;
            trial.CopyTo(beta, 0);
            if (before - loss <= 1e-13 * Math.Abs(before)) break;
        }
        intercept = beta[width];
        return beta[..width];
    }
}
