using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Applicability;

/// <summary>
/// The inputs that are like a model's training data: those with a dissimilarity index up to a threshold (Meyer and Pebesma 2021,
/// "Predicting
/// into unknown space?", Methods in Ecology and Evolution 12). The index of an input is its distance to the nearest training sample over
/// the mean distance of all pairs of training samples, in standardised features times their weights.
/// </summary>
/// <remarks>
/// The threshold is the largest index of a training sample that is not above the third quartile by more than 1.5 interquartile ranges.
/// Its index counts samples of other blocks only; a block is a tenth of the samples in their order of time. Of more than
/// <see cref="MostSamples"/> training samples, so many are kept, evenly spaced. Immutable, safe to call from any thread.
/// </remarks>
public sealed class ApplicabilityArea
{
    /// <summary>Training samples that are kept at most.</summary>
    public const int MostSamples = 1000;

    private const int Blocks = 10;

    private readonly double[] _mean, _scale, _samples;
    private readonly double _meanDistance;

    private ApplicabilityArea(double[] mean, double[] scale, double[] samples, double meanDistance, double threshold)
    {
        (_mean, _scale, _samples, _meanDistance) = (mean, scale, samples, meanDistance);
        Threshold = threshold;
    }

    /// <summary>An input with a greater index is unlike the training data.</summary>
    public double Threshold { get; }

    /// <summary>Number of training samples that are kept.</summary>
    public int Samples => _samples.Length / _mean.Length;

    /// <summary>Measures a training set.</summary>
    /// <param name="set">Its samples with a value that is not finite do not count.</param>
    /// <param name="weights">[features], not negative: how much each counts, as its share of the training loss; null = alike.</param>
    /// <returns>Null where all samples are the same, or fewer than twenty have finite features.</returns>
    public static ApplicabilityArea? Of(TrainingSet set, IReadOnlyList<double>? weights = null)
    {
        var usable = set.Rows.Where(r => Dense.AllFinite(set.Table.Row(r))).ToArray();
        if (usable.Length < 2 * Blocks) return null;
        // Samples count alike, whatever they count in the training.
        var alike = new double[set.Table.Count];
        Array.Fill(alike, 1);
        var scaler = Standardiser.Fit(new TrainingSet(set.Table.With(weight: alike), usable));
        var scale = scaler.Scale.Select((s, f) => weights is null ? s : s * weights[f]).ToArray();
        var count = Math.Min(MostSamples, usable.Length);
        var width = set.Table.Width;
        var samples = new double[count * width];
        for (var i = 0; i < count; i++)
        {
            var row = set.Table.Row(usable[(int)((long)i * usable.Length / count)]);
            for (var f = 0; f < width; f++) samples[i * width + f] = (row[f] - scaler.Mean[f]) * scale[f];
        }
        var (mean, nearest) = Distances(samples, count, width);
        return mean > 0 ? new ApplicabilityArea(scaler.Mean, scale, samples, mean, Limit([.. nearest.Select(d => d / mean)])) : null;
    }

    // The mean distance of all pairs, and for each sample the distance to the nearest one of another block.
    private static (double Mean, double[] Nearest) Distances(double[] samples, int count, int width)
    {
        var nearest = new double[count];
        Array.Fill(nearest, double.PositiveInfinity);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            for (var k = i + 1; k < count; k++)
            {
                var distance = Math.Sqrt(Dense.SquaredDistance(samples.AsSpan(i * width, width), samples.AsSpan(k * width, width)));
                sum += distance;
                if ((long)i * Blocks / count == (long)k * Blocks / count) continue;
                nearest[i] = Math.Min(nearest[i], distance);
                nearest[k] = Math.Min(nearest[k], distance);
            }
        return (sum / (count * (count - 1.0) / 2), nearest);
    }

    // The upper whisker of Tukey's box plot, with quartiles by linear interpolation.
    private static double Limit(double[] indices)
    {
        Array.Sort(indices);
        var (first, third) = (Quantile(indices, 0.25), Quantile(indices, 0.75));
        var whisker = third + 1.5 * (third - first);
        return indices.Last(i => i <= whisker);
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    /// <summary>The dissimilarity index of an input. Allocates nothing.</summary>
    /// <param name="input">[features]</param>
    /// <returns>0 = a training sample itself; NaN where a value is not finite.</returns>
    public double IndexOf(ReadOnlySpan<double> input)
    {
        if (!Dense.AllFinite(input)) return double.NaN;
        var width = _mean.Length;
        Span<double> at = stackalloc double[width];
        for (var f = 0; f < width; f++) at[f] = (input[f] - _mean[f]) * _scale[f];
        var least = double.PositiveInfinity;
        for (var i = 0; i < _samples.Length; i += width)
            least = Math.Min(least, Dense.SquaredDistance(at, _samples.AsSpan(i, width)));
        return Math.Sqrt(least) / _meanDistance;
    }

    internal void Write(BinaryWriter writer)
    {
        writer.WriteArray(_mean);
        writer.WriteArray(_scale);
        writer.WriteArray(_samples);
        writer.Write(_meanDistance);
        writer.Write(Threshold);
    }

    internal static ApplicabilityArea Read(BinaryReader reader) =>
        new(reader.ReadArray(), reader.ReadArray(), reader.ReadArray(), reader.ReadDouble(), reader.ReadDouble());
}
