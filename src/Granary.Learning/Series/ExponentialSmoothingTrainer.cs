using Granary.Engine.Numerics;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Series;

/// <summary>
/// Additive exponential smoothing of the label's own past: level only, with trend (Holt), or with damped trend. The corrected Akaike
/// criterion selects the form (Hyndman and Khandakar 2008: ETS(A,N,N), (A,A,N), (A,Ad,N)).
/// </summary>
[Trainer("ets", "Exponential smoothing of the label's own past, without, with, or with damped trend: a baseline that reads no feature.",
    Numbers = true)]
internal sealed class ExponentialSmoothingTrainer : ITrainer
{
    public string Name => "ets";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        var series = LabelSeries.From(set, Name);
        var best = default(Smoothing);
        var least = double.PositiveInfinity;
        for (var kind = 0; kind < 3; kind++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            double[] start = kind switch { 0 => [0.2], 1 => [0.2, 0.05], _ => [0.2, 0.05, 0.9] };
            var trend = kind;
            var point = NelderMead.Minimise(at => Smoothing.From(at, trend) is { } s ? s.SumOfSquares(series.Values)
                : double.PositiveInfinity, start);
            var fitted = Smoothing.From(point, kind)!.Value;
            var n = series.Values.Length;
            double k = point.Length + 2;
            var criterion = n * PortableMath.Log(Math.Max(fitted.SumOfSquares(series.Values), 1e-300) / n) + 2 * k
                + 2 * k * (k + 1) / (n - k - 1);
            if (criterion < least) (least, best) = (criterion, fitted);
        }
        return LinearFilterModel.From(new ModelHead(Name, LearningTask.Regression, set.Table.Features),
            past => best.Forecast(past, series.Ahead), series.Mean, best.ToString());
    }
}
