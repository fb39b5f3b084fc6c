using Granary.Engine.Market;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>Ordinary least squares with an intercept. Of features that determine one another, the later ones get no weight.</summary>
[Trainer("linear", "Ordinary least squares.")]
public sealed class LinearTrainer : ITrainer
{
    public string Name => "linear";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, Math.Max(20, set.Table.Width + 2));
        var squares = new LeastSquares(set);
        return new LinearModel(new ModelHead(Name, LearningTask.Regression, set.Table.Features), squares.Scaler.Mean,
            squares.ToRawScale(squares.Solve(0)), squares.LabelMean, sigmoid: false);
    }
}

/// <summary>Least squares with a penalty on the squared coefficients of the standardised features; the intercept is free.</summary>
[Trainer("ridge", "Least squares with a penalty on squared coefficients of the standardised features.")]
public sealed class RidgeTrainer([Range(0, 1e12)] double alpha = 1) : ITrainer
{
    public string Name => "ridge";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false);
        var squares = new LeastSquares(set);
        return new LinearModel(new ModelHead(Name, LearningTask.Regression, set.Table.Features), squares.Scaler.Mean,
            squares.ToRawScale(squares.Solve(alpha)), squares.LabelMean, sigmoid: false);
    }
}

/// <summary>
/// Least squares with a penalty on the absolute coefficients of the standardised features, which leaves the useless ones out.
/// Without an alpha it takes the one with the least squared error in five forward steps: each trained on what came before.
/// </summary>
[Trainer("lasso", "Least squares with a penalty on absolute coefficients of the standardised features; alpha 0 = chosen by forward validation.")]
public sealed class LassoTrainer([Range(0, 1e12)] double alpha = 0) : ITrainer
{
    private const int Steps = 5, PathLength = 40;

    public string Name => "lasso";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false);
        var squares = new LeastSquares(set);
        var chosen = alpha > 0 ? alpha : ChooseAlpha(set, squares.LargestAlpha(), options);
        var coefficients = new double[set.Table.Width];
        squares.Lasso(chosen, coefficients);
        return new LinearModel(new ModelHead(Name, LearningTask.Regression, set.Table.Features), squares.Scaler.Mean,
            squares.ToRawScale(coefficients), squares.LabelMean, sigmoid: false);
    }

    private static double ChooseAlpha(TrainingSet set, double largest, TrainingOptions options)
    {
        if (largest == 0) return 1;
        var path = new double[PathLength];
        for (var k = 0; k < PathLength; k++) path[k] = largest * PortableMath.Exp(-7.0 * k / (PathLength - 1));
        var errors = new double[PathLength];
        var part = set.Count / (Steps + 1);
        for (var step = 1; step <= Steps; step++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var past = new TrainingSet(set.Table, set.Rows[..(step * part)]);
            var labels = past.Labels();
            if (labels.AsSpan().IndexOfAnyExcept(labels[0]) < 0) continue;
            var squares = new LeastSquares(past);
            var coefficients = new double[set.Table.Width];
            for (var k = 0; k < PathLength; k++)
            {
                squares.Lasso(path[k], coefficients);
                var raw = squares.ToRawScale(coefficients);
                for (var i = step * part; i < (step + 1) * part; i++)
                {
                    var row = set.Rows[i];
                    var x = set.Table.Row(row);
                    var prediction = squares.LabelMean;
                    for (var f = 0; f < raw.Length; f++) prediction += raw[f] * (x[f] - squares.Scaler.Mean[f]);
                    var error = set.Table.Label[row] - prediction;
                    errors[k] += set.Table.Weight[row] * error * error;
                }
            }
        }
        var best = 0;
        for (var k = 1; k < PathLength; k++)
            if (errors[k] < errors[best])
                best = k;
        return path[best];
    }
}
