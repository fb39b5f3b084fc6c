namespace Granary.Application.Weights;

/// <summary>A weight that a change adds, replaces or removes.</summary>
/// <param name="Before">null where the strategy had none.</param>
/// <param name="After">null where it has none any more.</param>
public sealed record WeightChange(string Strategy, double? Before, double? After);

/// <summary>What a change of weights would do; nothing is written.</summary>
/// <param name="Current">The version in force; 0 = none.</param>
/// <param name="Next">The version that the change would make.</param>
/// <param name="Changes">By strategy id; strategies whose weight stays are left out.</param>
public sealed record WeightsPlan(string Portfolio, long Current, long Next, IReadOnlyList<WeightChange> Changes)
{
    /// <param name="current">null = none were ever set.</param>
    /// <exception cref="Json.InputException">A weight is not finite, or a name is empty.</exception>
    public static WeightsPlan Of(string portfolio, PortfolioWeights? current, IReadOnlyDictionary<string, double> weights)
    {
        var after = WeightsRules.Checked(portfolio, weights, "");
        var before = current?.Weights ?? new Dictionary<string, double>();
        var changes = before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(id => new WeightChange(id, Weight(before, id), Weight(after, id))).Where(c => c.Before != c.After).ToList();
        var version = current?.Version ?? 0;
        return new WeightsPlan(portfolio, version, version + 1, changes);
    }

    private static double? Weight(IReadOnlyDictionary<string, double> weights, string id) =>
        weights.TryGetValue(id, out var weight) ? weight : null;
}
