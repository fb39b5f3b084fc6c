// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Whether a version of a model predicts better than another, on the same test windows.</summary>
public sealed record ModelChallenge
{
    /// <summary>auc for classes, r2 for numbers; more is better.</summary>
    public required string Figure { get; init; }

    /// <summary>Those of both versions, oldest first.</summary>
    public required IReadOnlyList<ChallengeWindow> Windows { get; init; }

    /// <summary>Of challenger − current over the windows; null without a window.</summary>
    public double? Mean { get; init; }

    /// <summary>Lower end of its 95 % interval by Student's t; null with fewer than two windows.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end.</summary>
    public double? High { get; init; }

    /// <summary>
    /// One-sided, of a paired t-test: the probability of so large a mean where the challenger is no better; null with fewer than two
    /// windows, and where the difference is the same in all of them.
    /// </summary>
    public double? PValue { get; init; }

    /// <summary>One sentence.</summary>
    public required string Verdict { get; init; }
}
