using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Trees;

/// <summary>
/// Features cut into at most 255 bins each, column by column; the tree trainers read bins instead of values. The cuts lie half-way between
/// neighbouring values if these are few, else at quantiles. Cuts and comparisons are in single precision. A value that is not greater than
/// a cut belongs to its left. Training and prediction compare alike.
/// </summary>
internal sealed class BinnedFeatures
{
    public const int MaxBins = 255;

    private BinnedFeatures(float[][] cuts, byte[][] codes)
    {
        Cuts = cuts;
        Codes = codes;
    }

    /// <summary>[features][cuts], ascending.</summary>
    public float[][] Cuts { get; }

    /// <summary>[features][samples]: the number of cuts below the value.</summary>
    public byte[][] Codes { get; }

    public static BinnedFeatures From(TrainingSet set, TrainingThreads threads)
    {
        var width = set.Table.Width;
        var (cuts, codes) = (new float[width][], new byte[width][]);
        threads.For(width, (long)set.Count * width * 20, f =>
        {
            var values = new float[set.Count];
            for (var i = 0; i < values.Length; i++) values[i] = Narrow(set.Table.Row(set.Rows[i])[f]);
            (cuts[f], codes[f]) = Bin(values);
        });
        return new BinnedFeatures(cuts, codes);
    }

    /// <param name="columns">[features][samples].</param>
    public static BinnedFeatures From(IReadOnlyList<double[]> columns)
    {
        var (cuts, codes) = (new float[columns.Count][], new byte[columns.Count][]);
        for (var f = 0; f < cuts.Length; f++) (cuts[f], codes[f]) = Bin([.. columns[f].Select(Narrow)]);
        return new BinnedFeatures(cuts, codes);
    }

    private static (float[] Cuts, byte[] Codes) Bin(float[] values)
    {
        var sorted = (float[])values.Clone();
        Array.Sort(sorted);
        var cuts = Cut(sorted);
        return (cuts, Code(values, cuts));
    }

    /// <summary>Converts to single precision, limited to finite values.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public static float Narrow(double value) => (float)(value < -3e38 ? -3e38 : value > 3e38 ? 3e38 : value);

    // scikit-learn's rule: midpoints of distinct values if there are no more than bins, otherwise midpoints at equal quantiles.
    private static float[] Cut(float[] sorted)
    {
        var distinct = 1;
        for (var i = 1; i < sorted.Length && distinct <= MaxBins; i++)
            if (sorted[i] != sorted[i - 1])
                distinct++;
        var cuts = new List<float>(MaxBins);
        if (distinct <= MaxBins)
        {
            for (var i = 1; i < sorted.Length; i++)
                if (sorted[i] != sorted[i - 1])
                    Add(sorted[i - 1], sorted[i]);
        }
        else
        {
            for (var k = 1; k < MaxBins; k++)
            {
                var position = (double)k / MaxBins * (sorted.Length - 1);
                var below = (int)Math.Floor(position);
                Add(sorted[below], sorted[(int)Math.Ceiling(position)]);
            }
        }
        return [.. cuts];

        void Add(float low, float high)
        {
            var cut = (float)(((double)low + high) / 2);
            // No single-precision value lies between neighbours, so the lower one is the cut.
            if (cut >= high) cut = low;
            if (cuts.Count == 0 || cut > cuts[^1]) cuts.Add(cut);
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private static byte[] Code(float[] values, float[] cuts)
    {
        var codes = new byte[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (low, count) = (0, cuts.Length);
            var value = values[i];
            // The number of cuts below the value, as a branch-free search.
            while (count > 0)
            {
                var half = count >> 1;
                var right = cuts[low + half] < value;
                low = right ? low + half + 1 : low;
                count = right ? count - half - 1 : half;
            }
            codes[i] = (byte)low;
        }
        return codes;
    }
}
