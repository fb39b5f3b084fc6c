namespace Granary.Contracts.Models;

/// <summary>A model in a list.</summary>
/// <param name="Versions">How many there are.</param>
/// <param name="Current">The version in use; 0 if there is none.</param>
public sealed record ModelEntry(string Name, int Versions, int Current)
{
    /// <summary>Versions that are damaged, and a damaged pointer to the current one, one sentence each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <summary>An order to make a version current.</summary>
/// <param name="Version">The version to make current.</param>
public sealed record Promotion(int? Version);

/// <summary>A field in which two versions differ.</summary>
public sealed record Difference(string Field, string First, string Second);

/// <summary>Predictions of a version of a model for rows of features.</summary>
/// <param name="Number">The version.</param>
/// <param name="Predictions">For each row the probability of the label 1, or the predicted number.</param>
public sealed record ModelAnswers(string Model, int Number, IReadOnlyList<double> Predictions);

/// <summary>A test window that two versions of a model have in common.</summary>
/// <param name="TestFrom">UTC.</param>
/// <param name="TestTo">UTC.</param>
/// <param name="Current">The figure of the current version out of sample.</param>
/// <param name="Challenger">That of the challenger.</param>
public sealed record ChallengeWindow(DateTime TestFrom, DateTime TestTo, double Current, double Challenger);

/// <summary>Whether a version of a model predicts better than another, on the same test windows.</summary>
/// <param name="Figure">auc for classes, r2 for numbers; more is better.</param>
/// <param name="Windows">The test windows of both versions, oldest first.</param>
/// <param name="Mean">Mean of challenger − current over the windows; null without a window.</param>
/// <param name="Low">Lower end of its 95 % interval by Student's t; null with fewer than two windows.</param>
/// <param name="High">Upper end.</param>
/// <param name="PValue">
/// One-sided p-value of a paired t-test: the probability of a mean this large if the challenger is not better. Null with fewer than two
/// windows, and if the difference is the same in all of them.
/// </param>
/// <param name="Conclusion">One sentence.</param>
public sealed record ModelChallenge(string Figure, IReadOnlyList<ChallengeWindow> Windows, double? Mean, double? Low, double? High,
    double? PValue, string Conclusion);
