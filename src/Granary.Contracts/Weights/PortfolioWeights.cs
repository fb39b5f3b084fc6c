namespace Granary.Contracts.Weights;

/// <summary>One version of a portfolio's weights, with its author and reason.</summary>
/// <param name="Version">The number of the version, from 1; each change increases it by one.</param>
/// <param name="Weights">By strategy id; 0 = kept but not traded. Ordered by id.</param>
/// <param name="At">UTC.</param>
public sealed record PortfolioWeights(
    string Portfolio, long Version, IReadOnlyDictionary<string, double> Weights, string Who, string Why, DateTimeOffset At);

/// <summary>A weight that a change adds, replaces or removes.</summary>
/// <param name="Before">The old weight; null if the strategy had none.</param>
/// <param name="After">The new weight; null if the change removes it.</param>
public sealed record WeightChange(string Strategy, double? Before, double? After);

/// <summary>The effect of a change of weights; nothing is written.</summary>
/// <param name="Current">The version in force; 0 = none.</param>
/// <param name="Next">The number of the version that the change would create.</param>
/// <param name="Changes">By strategy id; strategies whose weight stays are left out.</param>
public sealed record WeightsPlan(string Portfolio, long Current, long Next, IReadOnlyList<WeightChange> Changes);

/// <summary>New weights of a portfolio.</summary>
/// <param name="Weights">By strategy id; 0 switches a strategy off.</param>
/// <param name="Why">Kept in the history beside the key's name.</param>
public sealed record NewWeights(Dictionary<string, double> Weights, string? Why);

/// <summary>A request to set the weights of an earlier version again.</summary>
/// <param name="Version">The version whose weights come into force again.</param>
/// <param name="Why">Kept in the history beside the key's name.</param>
public sealed record Rollback(long? Version, string? Why);

/// <summary>A change of weights to preview.</summary>
/// <param name="Weights">New weights by strategy id.</param>
/// <param name="Version">Instead of weights: the version to roll back to.</param>
public sealed record Preview(Dictionary<string, double>? Weights, long? Version);
