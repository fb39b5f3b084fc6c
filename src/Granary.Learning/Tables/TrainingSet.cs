using Granary.Engine;
using Granary.Learning.Numerics;

namespace Granary.Learning.Tables;

/// <summary>Some rows of a table, in time order.</summary>
/// <param name="Rows">Row indices in ascending order.</param>
public sealed record TrainingSet(TrainingTable Table, int[] Rows)
{
    public int Count => Rows.Length;

    public double[] Labels()
    {
        var result = new double[Rows.Length];
        for (var i = 0; i < result.Length; i++) result[i] = Table.Label[Rows[i]];
        return result;
    }

    public double[] Weights()
    {
        var result = new double[Rows.Length];
        for (var i = 0; i < result.Length; i++) result[i] = Table.Weight[Rows[i]];
        return result;
    }

    /// <summary>Returns a copy of the features, row-major [rows, features].</summary>
    public double[] Matrix()
    {
        var width = Table.Width;
        var result = new double[Rows.Length * width];
        for (var i = 0; i < Rows.Length; i++) Table.Row(Rows[i]).CopyTo(result.AsSpan(i * width));
        return result;
    }

    /// <summary>Throws if the set is not usable for training.</summary>
    /// <exception cref="InputException">
    /// Too few samples, a constant label, no weight, or (for a classifier) labels other than 0 and 1.
    /// </exception>
    public void RequireLearnable(string trainer, bool classesOnly, int least = 20)
    {
        if (Count < least)
            throw new InputException($"{trainer} has {Count} samples to train on and "
                + $"needs {least}: give it more rows, a longer window or a larger split");
        if (classesOnly && Table.Task != LearningTask.Classification)
            throw new InputException($"{trainer} separates two classes, but the label "
                + $"'{Table.LabelName}' has values other than 0 and 1: turn it into 0 and 1, or use a regression such as ridge or "
                + $"gradient-boosting");
        var first = Table.Label[Rows[0]];
        var constant = true;
        var weight = 0.0;
        foreach (var row in Rows)
        {
            constant &= Table.Label[row] == first;
            weight += Table.Weight[row];
        }
        if (constant)
            throw new InputException(Table.Task == LearningTask.Classification
                ? $"all {Count} training samples have the label '{Table.LabelName}' = {first}: one class alone cannot be distinguished "
                    + $"from "
                    + $"another, so use a longer training part"
                : $"the label '{Table.LabelName}' is {first} in all {Count} training samples: there is nothing to learn, so choose another "
                    + $"column");
        if (!(weight > 0))
            throw new InputException("every training sample has the weight zero: give some of them weight");
    }
}
