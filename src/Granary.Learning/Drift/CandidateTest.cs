using Granary.Engine.Analysis;

namespace Granary.Learning.Drift;

/// <summary>
/// Whether another version of a model errs less than the one in use on the same outcomes: a paired t-test of the differences of their
/// squared errors. It looks at 32, 64, 128, … 2,048 outcomes; the level of 5 % is divided by the number of looks (Bonferroni).
/// </summary>
public static class CandidateTest
{
    /// <summary>Differences that a test can use; later ones change nothing.</summary>
    public const int MostDifferences = 2_048;

    private const int FewestDifferences = 32, Looks = 7;

    /// <summary>Level of one look.</summary>
    public const double Level = 0.05 / Looks;

    /// <summary>Tests the candidate at the last look that the differences reach.</summary>
    /// <param name="differences">Squared error of the version in use less that of the candidate, of the same outcomes, oldest
    /// first.</param>
    /// <returns>The mean difference with its p-value; null before the first look.</returns>
    public static MeanInterval? At(IReadOnlyList<double> differences)
    {
        if (differences.Count < FewestDifferences) return null;
        var look = Math.Min(MostDifferences, 1 << int.Log2(differences.Count));
        return MeanInterval.Of([.. differences.Take(look)]);
    }

    /// <summary>Whether a test shows that the candidate errs less.</summary>
    public static bool IsBetter(MeanInterval test) => test.PValue <= Level;
}
