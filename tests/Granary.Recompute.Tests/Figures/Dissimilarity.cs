namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// The dissimilarity index and its threshold (Meyer and Pebesma 2021) of training samples with features of equal say: distances in
/// standardised features over their mean; the threshold is the upper whisker of the samples' own indices over other tenths.
/// </summary>
internal sealed class Dissimilarity
{
    private readonly double[][] _samples;
    private readonly double[] _mean, _deviation;
    private readonly double _meanDistance;

    /// <param name="samples">In order of time; of more than 1,000, so many are kept.</param>
    public Dissimilarity(IReadOnlyList<double[]> samples)
    {
        _mean = [.. Enumerable.Range(0, samples[0].Length).Select(f => samples.Average(s => s[f]))];
        _deviation = [.. _mean.Select((m, f) => Math.Sqrt(samples.Average(s => (s[f] - m) * (s[f] - m))))];
        var count = Math.Min(samples.Count, 1000);
        _samples = [.. Enumerable.Range(0, count).Select(i => Standardised(samples[i * samples.Count / count]))];
        double sum = 0, pairs = 0;
        var nearest = Enumerable.Repeat(double.MaxValue, count).ToArray();
        for (var i = 0; i < count; i++)
            for (var k = 0; k < i; k++)
            {
                var distance = Distance(_samples[i], _samples[k]);
                (sum, pairs) = (sum + distance, pairs + 1);
                if (i * 10 / count == k * 10 / count) continue;
                nearest[i] = Math.Min(nearest[i], distance);
                nearest[k] = Math.Min(nearest[k], distance);
            }
        _meanDistance = sum / pairs;
        var sorted = nearest.Select(d => d / _meanDistance).Order().ToList();
        var whisker = 2.5 * Quantile(0.75) - 1.5 * Quantile(0.25);
        Threshold = sorted.Last(d => d <= whisker);

        double Quantile(double p)
        {
            var (at, share) = ((int)(p * (sorted.Count - 1)), p * (sorted.Count - 1) % 1);
            return sorted[at] * (1 - share) + sorted[Math.Min(at + 1, sorted.Count - 1)] * share;
        }
    }

    public double Threshold { get; }

    public double Of(double[] input)
    {
        var at = Standardised(input);
        return _samples.Min(s => Distance(s, at)) / _meanDistance;
    }

    private double[] Standardised(double[] sample) => [.. sample.Select((x, f) => (x - _mean[f]) / _deviation[f])];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
