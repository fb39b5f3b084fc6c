namespace Granary.Contracts.Models;

/// <summary>The versions of a model in use: predictions, outcomes of live sessions, and the recommendation that follows.</summary>
/// <param name="Current">The version in use; 0 if there is none.</param>
/// <param name="Versions">The versions that predicted, or that are compared with the current one, ordered by number.</param>
/// <param name="Outcomes">The newest outcomes of the current version, at most 200.</param>
/// <param name="Loss">Their mean loss: log-loss of a probability, squared error otherwise; null without outcomes.</param>
/// <param name="Expected">Out-of-sample loss with which the current version was registered; null where its lineage has none.</param>
/// <param name="HasDrifted">Whether the squared error of the current version has grown since it came into use (detector adwin).</param>
public sealed record ModelInUse(string Model, int Current, IReadOnlyList<VersionInUse> Versions, int Outcomes, double? Loss,
    double? Expected, bool HasDrifted, ModelDecision Decision);

/// <summary>A version in use.</summary>
/// <param name="Predictions">Number of predictions in batches, live sessions and over HTTP.</param>
/// <param name="Failed">Number of predictions that were not a number.</param>
/// <param name="Outcomes">Outcomes of its predictions in live sessions.</param>
/// <param name="Compared">Outcomes on which it is compared with the current version.</param>
/// <param name="Advantage">
/// Mean of the current version's squared error less its own on these outcomes, at the last test; null before the first test.
/// </param>
/// <param name="PValue">One-sided p-value of a paired t-test; null before the first test, and if all differences are equal.</param>
public sealed record VersionInUse(int Version, long Predictions, long Failed, long Outcomes, int Compared, double? Advantage,
    double? PValue);

/// <summary>A recommended action for the version in use.</summary>
public enum ModelAction
{
    /// <summary>Its errors have not grown.</summary>
    Keep,

    /// <summary>Its errors have grown, and no other version is shown to be better.</summary>
    Train,

    /// <summary>Its errors have grown, and a newer version is shown to be better.</summary>
    Promote,

    /// <summary>Its errors have grown, and the version before it is shown to be better.</summary>
    RollBack,
}

/// <summary>A recommendation for the version in use.</summary>
/// <param name="Version">The version to use instead; null if the recommendation is to keep it or to train a new one.</param>
/// <param name="Reason">One sentence.</param>
public sealed record ModelDecision(ModelAction Action, int? Version, string Reason);
