using Granary.Engine.Analysis;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Retraining;

/// <summary>
/// Compares two versions of a model on the same outcomes, which are in neither training set, with a paired t-test of the squared errors.
/// Labels that overlap in time have correlated errors. A sample is therefore counted only if the label of the last counted one was known
/// before it.
/// </summary>
/// <param name="Incumbent">Mean squared error of the version in force; NaN without an outcome.</param>
/// <param name="Challenger">Mean squared error of the other version.</param>
/// <param name="Difference">The mean of the first error minus the second, with a one-sided p-value.</param>
internal readonly record struct VersionContest(double Incumbent, double Challenger, MeanInterval Difference)
{
    /// <summary>The minimum number of outcomes for a comparison.</summary>
    public const int Least = 10;

    /// <summary>Compares the predictions of two versions.</summary>
    /// <param name="pairs">The predictions in order of time.</param>
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
    /// <param name="rows">Row indices in ascending order; rows that a version cannot read are omitted.</param>
    public static VersionContest Of(TrainingTable table, IEnumerable<int> rows, ITrainedModel incumbent, ITrainedModel challenger) =>
        Of(rows.Where(r => table.CanRead(r, incumbent.Input) && table.CanRead(r, challenger.Input))
            .Select(r => PairedPrediction.Of(table, r, incumbent, challenger)));

    /// <summary>Whether the challenger has smaller errors.</summary>
    /// <param name="level">The maximum p-value; null to require only a smaller mean error.</param>
    public bool IsWon(double? level) => level is not { } most ? Difference.Mean > 0
        : Difference.Count >= Least && Difference.PValue <= most;
}
