using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Applicability;

/// <summary>
/// The inputs that resemble a model's training data: those with a dissimilarity index up to a threshold (Meyer and Pebesma 2021,
/// "Predicting into unknown space?", Methods in Ecology and Evolution 12). The index is the distance of an input to the nearest training
/// sample, divided by the mean distance of all pairs of training samples. Distances are computed from standardised, weighted features.
/// </summary>
/// <remarks>
/// The threshold is the largest index of a training sample that exceeds the third quartile by at most 1.5 interquartile ranges. The index
/// of a training sample uses only samples of other blocks; a block is a tenth of the samples in order of time. If there are more than
/// <see cref="MostSamples"/> training samples, an evenly spaced subset is kept. Immutable and thread-safe.
/// </remarks>
internal sealed class ApplicabilityArea
{
    /// <summary>The maximum number of training samples to keep.</summary>
    public const int MostSamples = 1000;

    private const int Blocks = 10;

    private readonly double[] _mean, _scale, _samples;
    private readonly double _meanDistance;

    private ApplicabilityArea(double[] mean, double[] scale, double[] samples, double meanDistance, double threshold)
    {
        (_mean, _scale, _samples, _meanDistance) = (mean, scale, samples, meanDistance);
        Threshold = threshold;
    }

    /// <summary>Inputs with a greater index are unlike the training data.</summary>
    public double Threshold { get; }

    /// <summary>The number of training samples that are kept.</summary>
    public int Samples => _samples.Length / _mean.Length;

    /// <summary>Computes the area of a training set.</summary>
    /// <param name="set">The training set; samples with a value that is not finite are ignored.</param>
    /// <param name="weights">[features], not negative: the weight of each feature, such as its share of the training loss; null = equal
    /// weights.</param>
    /// <returns>The area; null if all samples are equal, or fewer than twenty have finite features.</returns>
    public static ApplicabilityArea? Of(TrainingSet set, IReadOnlyList<double>? weights = null)
    {
        var usable = set.Rows.Where(r => Dense.AllFinite(set.Table.Row(r))).ToArray();
        if (usable.Length < 2 * Blocks) return null;
        // Samples have equal weights here, whatever their training weights.
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

    // The mean distance of all pairs, and for each sample the distance to the nearest sample of another block.
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

    // The upper whisker of Tukey's box plot, with the quartiles of type 7.
    private static double Limit(double[] indices)
    {
        Array.Sort(indices);
        var (first, third) = (Quantile.Linear(indices, 0.25), Quantile.Linear(indices, 0.75));
        var whisker = third + 1.5 * (third - first);
        return indices.Last(i => i <= whisker);
    }

    /// <summary>Returns the dissimilarity index of an input. Allocates nothing.</summary>
    /// <param name="input">[features]</param>
    /// <returns>The index; 0 for a training sample, NaN if a value is not finite.</returns>
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
