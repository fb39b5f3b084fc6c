using Granary.Engine.Numerics;

namespace Granary.Learning.Series;

/// <summary>The terms of an additive model of trend and seasons at a time.</summary>
/// <param name="Start">First training sample, days since 1970-01-01 UTC.</param>
/// <param name="Span">Training time, days.</param>
/// <param name="Changes">Times at which the slope may change, as shares of the training time.</param>
/// <param name="Seasons">Length in days and number of harmonics.</param>
internal sealed record TrendSeasonShape(double Start, double Span, double[] Changes, (double Days, int Harmonics)[] Seasons)
{
    /// <summary>The number of terms: level, slope, changes of the slope, cosine and sine of each harmonic.</summary>
    public int Terms { get; } = 2 + Changes.Length + 2 * Seasons.Sum(s => s.Harmonics);

    internal bool IsChange(int term) => term >= 2 && term < 2 + Changes.Length;

    /// <summary>Writes the terms for a time.</summary>
    /// <param name="days">Days since 1970-01-01 UTC.</param>
    /// <param name="terms">[<see cref="Terms"/>]</param>
    public void Write(double days, Span<double> terms)
    {
        var share = (days - Start) / Span;
        (terms[0], terms[1]) = (1, share);
        var at = 2;
        foreach (var change in Changes) terms[at++] = Math.Max(0, share - change);
        foreach (var (length, harmonics) in Seasons)
        {
            var passed = days / length - Math.Floor(days / length);
            for (var n = 1; n <= harmonics; n++)
            {
                var angle = 2 * Math.PI * (n * passed - Math.Floor(n * passed));
                (terms[at + 1], terms[at]) = PortableTrigonometry.SinCos(angle);
                at += 2;
            }
        }
    }
}
