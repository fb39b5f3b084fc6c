using Granary.Engine;
using Granary.Learning.Splits;
using Granary.Learning.Tables;

namespace Granary.Learning.Retraining;

/// <summary>The number of training and test samples of each retraining.</summary>
/// <param name="Train">The number of samples in the first training; in each training if <paramref name="Rolling"/>.</param>
/// <param name="Test">The number of test samples: the newest with known labels.</param>
/// <param name="Gap">The number of samples between training and test, in addition to the purged ones.</param>
/// <param name="Rolling">Whether older samples are dropped.</param>
internal sealed record RetrainingSamples(int Train, int Test, int Gap, bool Rolling)
{
    /// <summary>When enough labels for the first training are known, UTC ticks.</summary>
    /// <exception cref="InputException">There are too few samples.</exception>
    public long FirstTime(TrainingTable table)
    {
        var needed = Train + Gap + Test;
        if (table.Count < needed)
            throw new InputException($"{table.Count} samples do not hold the first training, "
                + $"of {Train} to train, {Gap} between and {Test} to test: take shorter windows or more data");
        var known = table.LabelEnd.ToArray();
        Array.Sort(known);
        return known[needed - 1];
    }

    /// <summary>
    /// Returns the training and test samples of a training at a time. All their labels are known by then. Training samples whose labels
    /// were not known when the test begins are purged.
    /// </summary>
    /// <param name="time">Not before <see cref="FirstTime"/>, UTC ticks.</param>
    public Fold At(TrainingTable table, int index, long time)
    {
        var known = new List<int>(table.Count);
        for (var row = 0; row < table.Count; row++)
            if (table.LabelEnd[row] <= time)
                known.Add(row);
        var test = known.Count - Test;
        var begins = table.Time[known[test]];
        var train = new List<int>();
        for (var k = Rolling ? Math.Max(0, test - Gap - Train) : 0; k < test - Gap; k++)
            if (table.LabelEnd[known[k]] <= begins)
                train.Add(known[k]);
        return new Fold(index, [.. train], [.. known[test..]]);
    }
}
