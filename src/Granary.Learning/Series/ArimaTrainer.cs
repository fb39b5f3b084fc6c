using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Series;

/// <summary>
/// ARIMA(p, d, q) with a constant, on the label's own past (Box and Jenkins), fitted by conditional sum of squares from Hannan and
/// Rissanen's initial values. Orders of −1 are selected automatically: the smallest one-step error on the newest fifth of the samples, with
/// each candidate fitted on the earlier ones.
/// </summary>
[Trainer("arima", "Autoregressive integrated moving average of the label's own past: a baseline that reads no feature; −1 = chosen.",
    Numbers = true)]
internal sealed class ArimaTrainer([Range(-1, 8)] int p = -1, [Range(-1, 2)] int d = -1, [Range(-1, 8)] int q = -1) : ITrainer
{
    public string Name => "arima";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        var series = LabelSeries.From(set, Name);
        var cut = series.Values.Length * 4 / 5;
        var best = (P: Math.Max(p, 0), D: Math.Max(d, 0), Q: Math.Max(q, 0));
        if (p < 0 || d < 0 || q < 0)
        {
            var least = double.PositiveInfinity;
            for (var i = d < 0 ? 0 : d; i <= (d < 0 ? 1 : d); i++)
                for (var a = p < 0 ? 0 : p; a <= (p < 0 ? 2 : p); a++)
                    for (var m = q < 0 ? 0 : q; m <= (q < 0 ? 2 : q); m++)
                    {
                        options.Cancellation.ThrowIfCancellationRequested();
                        var candidate = Arima.Fit(series.Values[..cut], a, i, m);
                        var error = candidate.OneStepError(series.Values, cut);
                        // A larger model must reduce the error noticeably.
                        if (error < least * (1 - 1e-4)) (least, best) = (error, (a, i, m));
                    }
        }
        var fitted = Arima.Fit(series.Values, best.P, best.D, best.Q);
        return LinearFilterModel.From(new ModelHead(Name, LearningTask.Regression, set.Table.Features),
            past => fitted.Forecast(past, series.Ahead), series.Mean, fitted.ToString());
    }
}
