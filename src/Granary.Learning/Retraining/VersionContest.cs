using Granary.Engine.Analysis;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Retraining;

/// <summary>
/// Two versions of a model on the same outcomes, which neither has learned from: a paired t-test of the differences of their squared
/// errors. Labels that overlap in time err together, so a sample counts only if the label of the last one that counted was known before.
/// </summary>
/// <param name="Incumbent">Mean squared error of the version in force; NaN without an outcome.</param>
/// <param name="Challenger">That of the other version.</param>
/// <param name="Difference">Of the first less the second; its p-value is one-sided.</param>
public readonly record struct VersionContest(double Incumbent, double Challenger, MeanInterval Difference)
{
    /// <summary>Fewer outcomes show nothing.</summary>
    public const int Least = 10;

    /// <summary>Compares the predictions of two versions.</summary>
    /// <param name="pairs">In the order of time.</param>
    public static VersionContest Of(IEnumerable<PairedPrediction> pairs)
    {
        var (known, squares, others, differences) = (long.MinValue, 0.0, 0.0, new List<double>());
        foreach (var pair in pairs)
        {
            var (a, b) = (pair.Incumbent - pair.Outcome, pair.Challenger - pair.Outcome);
            if (pair.Time < known || !double.IsFinite(a) || !double.IsFinite(b)) continue;
            known = pair.Known;
            (squares, others) = (squares + a * a, others + b * b);
            differences.Add(a * a - b * b);
        }
        return new VersionContest(squares / differences.Count, others / differences.Count, MeanInterval.Of(differences));
    }

    /// <summary>Compares two versions on some rows of a table.</summary>
    /// <param name="rows">Rising; those that a version cannot read are left out.</param>
    public static VersionContest Of(TrainingTable table, IEnumerable<int> rows, ITrainedModel incumbent, ITrainedModel challenger) =>
        Of(rows.Where(r => table.CanRead(r, incumbent.Input) && table.CanRead(r, challenger.Input))
            .Select(r => PairedPrediction.Of(table, r, incumbent, challenger)));

    /// <summary>Whether the challenger errs less.</summary>
    /// <param name="level">The largest p-value that shows it; null where a smaller mean error is enough.</param>
    public bool IsWon(double? level) => level is not { } most ? Difference.Mean > 0
        : Difference.Count >= Least && Difference.PValue <= most;
}
