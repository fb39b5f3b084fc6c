using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Series;

/// <summary>
/// Models the label as a piecewise linear trend and Fourier terms of the day, the week and the year. This is the additive model of Taylor
/// and Letham 2018 ("Forecasting at scale", The American Statistician 72). The changes of the slope have a normal prior in place of the
/// Laplace prior, so the most likely coefficients are a ridge regression. It reads only the time.
/// </summary>
/// <param name="changepoints">The number of evenly spaced changes of the slope.</param>
/// <param name="changepointRange">The fraction of the training period that contains them.</param>
/// <param name="changepointScale">Standard deviation of a change of the slope, in deviations of the label over the training period.</param>
/// <param name="seasonScale">Standard deviation of a Fourier coefficient, in deviations of the label.</param>
[Trainer("trend-season", "A piecewise linear trend and Fourier terms of day, week and year, by ridge regression: a baseline that reads the "
    + "time alone.", Numbers = true)]
internal sealed class TrendSeasonTrainer(
    [Range(0, 200)] int changepoints = 25,
    [Range(0.01, 1)] double changepointRange = 0.8,
    [Range(1e-6, 1e6)] double changepointScale = 0.05,
    [Range(1e-6, 1e6)] double seasonScale = 10) : ITrainer
{
    // Days and number of harmonics, as in Prophet.
    private static readonly (double Days, int Harmonics)[] s_seasons = [(1, 4), (7, 3), (365.25, 10)];

    public string Name => "trend-season";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false);
        var days = set.Rows.Select(r => SampleDays.Of(set.Table.Time[r])).ToArray();
        var (start, span) = (days[0], days[^1] - days[0]);
        if (!(span > 0))
            throw new InputException($"{Name} needs samples of different times: give the table a column named time");
        var gaps = days.Zip(days.Skip(1), (a, b) => b - a).Order().ToArray();
        // Rows without times have no season. A season is omitted if it has not repeated, or if the samples are too far apart for it.
        var seasons = SampleDays.IsRow(set.Table.Time[0]) ? []
            : s_seasons.Where(s => span >= 2 * s.Days && Quantile.UpperMedian<double>(gaps) < s.Days).ToArray();
        var shape = new TrendSeasonShape(start, span,
            [.. Enumerable.Range(1, changepoints).Select(j => changepointRange * j / (changepoints + 1))], seasons);
        return new TrendSeasonModel(new ModelHead(Name, LearningTask.Regression, set.Table.Features), shape, Fit(set, shape, days,
            options));
    }

    private double[] Fit(TrainingSet set, TrendSeasonShape shape, double[] days, TrainingOptions options)
    {
        var (labels, weights, width) = (set.Labels(), set.Weights(), shape.Terms);
        var (gram, right, row) = (new double[width * width], new double[width], new double[width]);
        var (mean, total, squares) = (0.0, Dense.Sum(weights), 0.0);
        for (var i = 0; i < labels.Length; i++) mean += weights[i] * labels[i] / total;
        for (var i = 0; i < labels.Length; i++) squares += weights[i] * (labels[i] - mean) * (labels[i] - mean);
        var deviation = Math.Sqrt(squares / total);
        // Equal labels are all trend.
        if (Variation.IsNone(deviation, labels.Max(Math.Abs))) deviation = 1;
        for (var i = 0; i < labels.Length; i++)
        {
            if (i % 1024 == 0) options.Cancellation.ThrowIfCancellationRequested();
            shape.Write(days[i], row);
            for (var j = 0; j < width; j++) Dense.AddScaled(weights[i] * row[j], row.AsSpan(0, j + 1), gram.AsSpan(j * width, j + 1));
            Dense.AddScaled(weights[i] * labels[i] / deviation, row, right);
        }
        for (var j = 0; j < width; j++)
        {
            // Level and slope are not penalised.
            if (j >= 2) gram[j * width + j] += shape.IsChange(j) ? 1 / (changepointScale * changepointScale)
                : 1 / (seasonScale * seasonScale);
            for (var k = 0; k < j; k++) gram[k * width + j] = gram[j * width + k];
        }
        Cholesky.Solve(gram, right);
        for (var j = 0; j < width; j++) right[j] *= deviation;
        return right;
    }
}
