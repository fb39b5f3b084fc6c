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
public sealed class ExponentialSmoothingTrainer : ITrainer
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

/// <summary>level += φ·trend + α·error; trend = φ·trend + β·error.</summary>
internal readonly record struct Smoothing(double Alpha, double Beta, double Phi)
{
    // The level starts from the mean of the first values; a linear start keeps the forecast linear in the past.
    private const int Start = 10;

    public static Smoothing? From(double[] at, int kind)
    {
        var alpha = at[0];
        var beta = kind > 0 ? at[1] : 0;
        var phi = kind == 2 ? at[2] : kind == 1 ? 1 : 0;
        return alpha is >= 1e-4 and <= 0.9999 && beta >= 0 && beta <= alpha && phi <= 1 && (kind < 2 || phi is >= 0.8 and <= 0.98)
            ? new Smoothing(alpha, beta, phi)
            : null;
    }

    public double SumOfSquares(ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        Run(y, ref sum);
        return sum;
    }

    public double Forecast(ReadOnlySpan<double> y, int ahead)
    {
        var ignored = 0.0;
        var (level, trend) = Run(y, ref ignored);
        for (var s = 0; s < ahead; s++)
        {
            trend *= Phi;
            level += trend;
        }
        return level;
    }

    public override string ToString() =>
        Phi == 0 ? $"ETS(A,N,N) α {Alpha:G4}"
            : Phi == 1 ? $"ETS(A,A,N) α {Alpha:G4}, β {Beta:G4}" : $"ETS(A,Ad,N) α {Alpha:G4}, β {Beta:G4}, φ {Phi:G4}";

    private (double Level, double Trend) Run(ReadOnlySpan<double> y, ref double squares)
    {
        var level = Dense.Sum(y[..Start]) / Start;
        var trend = 0.0;
        foreach (var value in y)
        {
            var error = value - (level + Phi * trend);
            squares += error * error;
            level += Phi * trend + Alpha * error;
            trend = Phi * trend + Beta * error;
        }
        return (level, trend);
    }
}
