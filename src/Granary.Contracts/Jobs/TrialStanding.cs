namespace Granary.Contracts.Jobs;

/// <summary>A caller's use of its limits.</summary>
/// <param name="Used">Different combinations that the caller has tried.</param>
/// <param name="Allowed">The budget; null = any number.</param>
/// <param name="Remaining">What is left of the budget; null = any number.</param>
/// <param name="Holdout">Bars that close after this time are invisible to the caller, UTC; null = all bars are visible.</param>
/// <param name="LuckBar">Annual Sharpe ratio that the best of so many worthless trials is expected to show over
/// <paramref name="Years"/>.</param>
/// <param name="Years">Length of the record for <paramref name="LuckBar"/>.</param>
/// <param name="Sentence">The same in words.</param>
public sealed record TrialStanding(int Used, int? Allowed, int? Remaining, DateTimeOffset? Holdout, double LuckBar, double Years,
    string Sentence);
