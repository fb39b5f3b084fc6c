using Granary.Engine.Numerics;

namespace Granary.Learning.Series;

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
