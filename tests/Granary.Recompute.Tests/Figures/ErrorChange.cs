namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// A change of the mean squared error, by ADWIN (Bifet and Gavaldà 2007) over plain lists: every 32nd error, the window is cut at the end
/// of some bucket where the means of its parts differ by more than their bound.
/// </summary>
internal sealed record ErrorChange(DateTime Noticed, DateTime Since, double Before, double After)
{
    private const double Delta = 0.002;
    private const int Clock = 32, OfOneSize = 5, Shortest = 5, Grace = 10;

    /// <param name="samples">Without overlap, in order of time.</param>
    public static List<ErrorChange> Of(List<ModelSample> samples)
    {
        List<ErrorChange> changes = [];
        for (var start = 0; start < samples.Count;)
        {
            var errors = samples.Skip(start).Select(s => Math.Pow(s.Prediction - s.Label, 2)).ToList();
            if (First(errors) is not var (length, window)) break;
            var cut = length - window;
            changes.Add(new ErrorChange(samples[start + length - 1].LabelTime, samples[start + cut].Time,
                errors.Take(cut).Average(), errors.Skip(cut).Take(window).Average()));
            start += length;
        }
        return changes;
    }

    /// <summary>The number of errors up to the first change, and how many of them the window still has.</summary>
    public static (int Length, int Window)? First(List<double> errors)
    {
        // Lengths of the buckets, oldest first; a bucket is as long as a power of two.
        List<int> buckets = [];
        for (var length = 1; length <= errors.Count; length++)
        {
            buckets.Add(1);
            for (var size = 1; buckets.Count(b => b == size) > OfOneSize; size *= 2)
            {
                var oldest = buckets.IndexOf(size);
                buckets[oldest] = 2 * size;
                buckets.RemoveAt(oldest + 1);
            }
            if (length % Clock != 0 || length <= Grace) continue;
            var window = length;
            while (HasCut(errors.GetRange(length - window, window), buckets))
            {
                window -= buckets[0];
                buckets.RemoveAt(0);
            }
            if (window < length) return (length, window);
        }
        return null;
    }

    private static bool HasCut(List<double> window, List<int> buckets)
    {
        var (mean, before) = (window.Average(), 0);
        var variance = window.Average(e => (e - mean) * (e - mean));
        var confidence = Math.Log(2 * Math.Log(window.Count) / Delta);
        foreach (var bucket in buckets)
        {
            before += bucket;
            var after = window.Count - before;
            if (before < Shortest || after < Shortest) continue;
            var parts = 1.0 / (before - Shortest + 1) + 1.0 / (after - Shortest + 1);
            if (Math.Abs(window.Take(before).Average() - window.Skip(before).Average())
                > Math.Sqrt(2 * parts * variance * confidence) + 2.0 / 3 * confidence * parts) return true;
        }
        return false;
    }
}
