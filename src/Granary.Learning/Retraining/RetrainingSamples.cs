using Granary.Learning.Splits;
using Granary.Learning.Tables;

namespace Granary.Learning.Retraining;

/// <summary>How many samples each retraining learns from, and how many of the newest ones test what it has learned.</summary>
/// <param name="Train">Of the first training; of each where <paramref name="Rolling"/>.</param>
/// <param name="Test">The newest samples whose labels are known.</param>
/// <param name="Gap">Samples left out between the two, beside those that are purged.</param>
/// <param name="Rolling">Whether older samples are forgotten.</param>
public sealed record RetrainingSamples(int Train, int Test, int Gap, bool Rolling)
{
    /// <summary>When the labels of enough samples are known for the first training, UTC ticks.</summary>
    /// <exception cref="LearningInputException">There are not enough samples.</exception>
    public long FirstTime(TrainingTable table)
    {
        var needed = Train + Gap + Test;
        if (table.Count < needed)
            throw new LearningInputException($"{table.Count} samples do not hold the first training, "
                + $"of {Train} to train, {Gap} between and {Test} to test: take shorter windows or more data");
        var known = table.LabelEnd.ToArray();
        Array.Sort(known);
        return known[needed - 1];
    }

    /// <summary>
    /// What is learned at a time, and the test of it: nothing but samples whose labels are known by then. Training samples whose labels
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
