using Granary.Engine;
using Granary.Learning.Tables;

namespace Granary.Learning.Splits;

/// <summary>Training rows and test rows of a table, ascending.</summary>
internal sealed record Fold(int Index, int[] Train, int[] Test);

/// <summary>
/// Splits a table without leaking the future into the past. No split shuffles. Training samples whose label overlaps the test are purged.
/// After a test, an embargo excludes further rows from training.
/// </summary>
internal static class TimeSplits
{
    /// <summary>
    /// Windows of constant length: each trains on the last <paramref name="trainRows"/> rows and tests on the next
    /// <paramref name="testRows"/>.
    /// </summary>
    /// <param name="gap">The number of rows between training and test, in addition to the purged ones.</param>
    /// <exception cref="InputException">The table is too short for one window.</exception>
    public static IReadOnlyList<Fold> Rolling(TrainingTable table, int trainRows, int testRows, int gap = 0) =>
        WalkForward(table, trainRows, testRows, gap, rolling: true);

    /// <summary>Expanding windows that keep the complete past: the first trains on <paramref name="firstTrainRows"/> rows.</summary>
    /// <inheritdoc cref="Rolling"/>
    public static IReadOnlyList<Fold> Expanding(TrainingTable table, int firstTrainRows, int testRows, int gap = 0) =>
        WalkForward(table, firstTrainRows, testRows, gap, rolling: false);

    private static List<Fold> WalkForward(TrainingTable table, int trainRows, int testRows, int gap, bool rolling)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trainRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(testRows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        var folds = new List<Fold>();
        for (var start = trainRows + gap; start < table.Count; start += testRows)
        {
            var end = Math.Min(start + testRows, table.Count);
            var from = rolling ? start - gap - trainRows : 0;
            var train = new List<int>(start - gap - from);
            for (var row = from; row < start - gap; row++)
                if (table.LabelEnd[row] <= table.Time[start])
                    train.Add(row);
            folds.Add(new Fold(folds.Count, [.. train], Rows(start, end)));
        }
        if (folds.Count == 0)
            throw new InputException($"{table.Count} samples are too few for one window "
                + $"of {trainRows} to train, {gap} between and {testRows} to test: take shorter windows or more data");
        return folds;
    }

    /// <summary>
    /// Each of <paramref name="folds"/> consecutive parts is tested once by a model trained on all others (López de Prado 2018, chapter 7).
    /// </summary>
    /// <param name="embargo">The number of rows after each test that are excluded from training.</param>
    public static IReadOnlyList<Fold> PurgedKFold(TrainingTable table, int folds = 5, int embargo = 0) =>
        PurgedKFold(table.All(), folds, embargo);

    /// <summary>The same for some rows of a table: a trainer's inner cross-validation.</summary>
    public static IReadOnlyList<Fold> PurgedKFold(TrainingSet set, int folds = 5, int embargo = 0)
    {
        RequireParts(set.Count, folds);
        var result = new List<Fold>(folds);
        for (var k = 0; k < folds; k++)
        {
            var (start, end) = Part(set.Count, folds, k);
            result.Add(new Fold(k, Purge(set, start, end, embargo), set.Rows[start..end]));
        }
        return result;
    }

    // Rows outside the test whose labels end before it, and which start after its last label is known.
    private static int[] Purge(TrainingSet set, int start, int end, int embargo)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(embargo);
        var (table, rows) = (set.Table, set.Rows);
        var keep = new bool[rows.Length];
        Array.Fill(keep, true);
        var begins = table.Time[rows[start]];
        var known = long.MinValue;
        for (var i = start; i < end; i++)
        {
            keep[i] = false;
            known = Math.Max(known, table.LabelEnd[rows[i]]);
        }
        for (var i = 0; i < start; i++)
            if (table.LabelEnd[rows[i]] > begins)
                keep[i] = false;
        var free = end;
        while (free < rows.Length && table.Time[rows[free]] < known) keep[free++] = false;
        for (var i = free; i < Math.Min(free + embargo, rows.Length); i++) keep[i] = false;
        return [.. rows.Where((_, i) => keep[i])];
    }

    private static void RequireParts(int count, int parts)
    {
        if (parts < 2 || parts > count)
            throw new InputException($"{count} samples cannot be divided "
                + $"into {parts} parts: use at least 2 parts, and at most as many as there are samples");
    }

    private static (int Start, int End) Part(int count, int parts, int k) =>
        ((int)((long)count * k / parts), (int)((long)count * (k + 1) / parts));

    private static int[] Rows(int start, int end) => [.. Enumerable.Range(start, end - start)];
}
