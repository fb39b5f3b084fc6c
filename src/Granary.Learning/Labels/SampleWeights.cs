using Granary.Learning.Tables;

namespace Granary.Learning.Labels;

/// <summary>Weights of training samples.</summary>
internal static class SampleWeights
{
    /// <summary>
    /// Average uniqueness (López de Prado 2018, chapter 4): over the rows that a label spans, the mean of 1 / (number of labels that span
    /// the row). Ten labels over the same ten days count as one.
    /// </summary>
    /// <param name="set">The training rows of a fold: labels of other rows must not be used.</param>
    /// <returns>[table rows], in (0, 1]; rows outside the set keep the weight that they have.</returns>
    public static double[] Uniqueness(TrainingSet set)
    {
        var (table, rows) = (set.Table, set.Rows);
        var n = rows.Length;
        // The last row that a label spans: the newest whose features were known before the label was.
        var last = new int[n];
        var starts = new int[n + 1];
        for (var i = 0; i < n; i++)
        {
            var (low, high) = (i, n - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (table.Time[rows[middle]] < table.LabelEnd[rows[i]]) low = middle;
                else high = middle - 1;
            }
            last[i] = low;
            starts[i]++;
            starts[low + 1]--;
        }
        var sum = new double[n + 1];
        var open = 0;
        for (var i = 0; i < n; i++)
        {
            open += starts[i];
            sum[i + 1] = sum[i] + 1.0 / open;
        }
        var weights = table.Weight.ToArray();
        for (var i = 0; i < n; i++) weights[rows[i]] = (sum[last[i] + 1] - sum[i]) / (last[i] + 1 - i);
        return weights;
    }

    /// <summary>Weights that give both classes the same total in these rows: rows / (2 · rows of the class). For other labels 1.</summary>
    /// <param name="set">The training rows of a fold: the class balance of the test must not be used.</param>
    /// <returns>[table rows]; rows outside the set keep the weight that they have.</returns>
    public static double[] Balanced(TrainingSet set)
    {
        var weights = set.Table.Weight.ToArray();
        if (set.Table.Task != LearningTask.Classification) return weights;
        double ones = 0, all = 0;
        foreach (var row in set.Rows)
        {
            all += weights[row];
            ones += weights[row] * set.Table.Label[row];
        }
        if (ones == 0 || ones == all) return weights;
        foreach (var row in set.Rows) weights[row] *= all / (2 * (set.Table.Label[row] == 1 ? ones : all - ones));
        return weights;
    }
}
