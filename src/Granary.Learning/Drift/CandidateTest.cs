using Granary.Engine.Analysis;

namespace Granary.Learning.Drift;

/// <summary>
/// Tests whether another version of a model has smaller errors than the one in use, with a paired t-test of the squared errors on the same
/// outcomes. The test runs at 32, 64, 128, … 2,048 outcomes; the level of 5 % is divided by the number of tests (Bonferroni).
/// </summary>
internal static class CandidateTest
{
    /// <summary>The maximum number of differences for a test; later ones have no effect.</summary>
    public const int MostDifferences = 2_048;

    private const int FewestDifferences = 32, Looks = 7;

    /// <summary>Significance level of one test.</summary>
    public const double Level = 0.05 / Looks;

    /// <summary>Tests the candidate at the largest test size that the number of differences reaches.</summary>
    /// <param name="differences">Squared error of the version in use minus the candidate's, for the same outcomes, oldest
    /// first.</param>
    /// <returns>The mean difference with its p-value; null before the first test.</returns>
    public static MeanInterval? At(IReadOnlyList<double> differences)
    {
        if (differences.Count < FewestDifferences) return null;
        var look = Math.Min(MostDifferences, 1 << int.Log2(differences.Count));
        return MeanInterval.Of([.. differences.Take(look)]);
    }

    /// <summary>Whether a test shows that the candidate has smaller errors.</summary>
    public static bool IsBetter(MeanInterval test) => test.PValue <= Level;
}
