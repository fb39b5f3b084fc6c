using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Series;

/// <summary>
/// The label as a series: the longest uninterrupted run of a training set, and the distance of the forecast from the last known label.
/// </summary>
internal sealed record LabelSeries(double[] Values, int Ahead, double Mean)
{
    public static LabelSeries From(TrainingSet set, string trainer)
    {
        set.RequireLearnable(trainer, classesOnly: false, 40);
        var rows = set.Rows;
        var (best, length) = (0, 0);
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && rows[end] == rows[end - 1] + 1) end++;
            if (end - start > length) (best, length) = (start, end - start);
            start = end;
        }
        if (length < 40)
            throw new InputException($"{trainer} needs 40 consecutive samples and the longest run "
                + $"has {length}: give it a longer unbroken window");
        var values = new double[length];
        var ahead = new int[length];
        var sum = 0.0;
        for (var i = 0; i < length; i++)
        {
            sum += values[i] = set.Table.Label[rows[best + i]];
            ahead[i] = rows[best + i] - set.Table.LastKnownLabel(rows[best + i]);
        }
        Array.Sort(ahead);
        return new LabelSeries(values, Math.Max(1, Quantile.UpperMedian<int>(ahead)), sum / length);
    }
}
