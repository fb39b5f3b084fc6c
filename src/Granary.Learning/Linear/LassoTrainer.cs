using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>
/// Least squares with a penalty on the absolute coefficients of the standardised features, which removes useless features. Without an alpha
/// it selects one by five-fold cross-validation with purging: the smallest alpha whose squared error exceeds the minimum by at most 1/2000.
/// Differences below that are not distinguishable from chance.
/// </summary>
[Trainer("lasso", "Least squares with a penalty on absolute coefficients of the standardised features; alpha 0 = chosen by purged "
    + "cross-validation.", Numbers = true)]
internal sealed class LassoTrainer([Range(0, 1e12)] double alpha = 0) : ITrainer
{
    private const int Parts = 5, PathLength = 40;
    private const double AsGood = 0.0005;

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
        foreach (var fold in TimeSplits.PurgedKFold(set, Parts))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var rest = new TrainingSet(set.Table, fold.Train);
            if (rest.Count < 2) continue;
            var labels = rest.Labels();
            if (labels.AsSpan().IndexOfAnyExcept(labels[0]) < 0) continue;
            var squares = new LeastSquares(rest);
            var coefficients = new double[set.Table.Width];
            for (var k = 0; k < PathLength; k++)
            {
                squares.Lasso(path[k], coefficients);
                var raw = squares.ToRawScale(coefficients);
                foreach (var row in fold.Test)
                {
                    var x = set.Table.Row(row);
                    var prediction = squares.LabelMean;
                    for (var f = 0; f < raw.Length; f++) prediction += raw[f] * (x[f] - squares.Scaler.Mean[f]);
                    var error = set.Table.Label[row] - prediction;
                    errors[k] += set.Table.Weight[row] * error * error;
                }
            }
        }
        // The path is descending, so the last index that is as good as the best has the smallest penalty.
        var least = errors.Min();
        for (var k = PathLength - 1; k > 0; k--)
            if (errors[k] <= least * (1 + AsGood))
                return path[k];
        return path[0];
    }
}
