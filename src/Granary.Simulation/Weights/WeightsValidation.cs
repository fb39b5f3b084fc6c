using Granary.Contracts.Weights;
using Granary.Engine;

namespace Granary.Simulation.Weights;

/// <summary>Validates portfolio weights; all implementations of <see cref="IWeightsService"/> use it.</summary>
internal static class WeightsValidation
{
    /// <summary>Maximum number of strategies in one portfolio.</summary>
    public const int MostStrategies = 100_000;

    /// <summary>Maximum weight, as in the configuration of a live session.</summary>
    public const double Largest = 1e6;

    /// <summary>Refuses weights of strategies that the portfolio's session does not trade.</summary>
    /// <param name="known">Ids of the session's strategies.</param>
    /// <exception cref="InputException">The session does not have one of the strategies.</exception>
    public static void CheckKnown(string portfolio, IEnumerable<string> strategies, IReadOnlySet<string> known)
    {
        var unknown = strategies.Where(s => !known.Contains(s)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count == 0) return;
        var more = unknown.Count > 1 ? $", and {unknown.Count - 1} more" : "";
        throw new InputException($"portfolio {portfolio}: its session has no strategy '{unknown[0]}'{more}; it has "
            + string.Join(", ", known.Order(StringComparer.Ordinal).Take(3).Select(k => $"'{k}'"))
            + (known.Count > 3 ? $" and {known.Count - 3} others" : ""));
    }

    public static void CheckPortfolio(string portfolio)
    {
        if (portfolio.Length is 0 or > 100 || portfolio[0] is '.' or '-'
            || portfolio.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new InputException($"'{portfolio}' cannot be a portfolio's id: use letters, digits, '-', '_' and '.', 100 at the most");
    }

    /// <returns>The same weights, ordered by id.</returns>
    public static IReadOnlyDictionary<string, double> Checked(string portfolio, IReadOnlyDictionary<string, double> weights, string why)
    {
        CheckPortfolio(portfolio);
        if (weights.Count > MostStrategies)
            throw new InputException($"portfolio {portfolio}: {weights.Count} weights are more than "
                + $"the {MostStrategies} that a portfolio takes");
        if (why.Length > 1000) throw new InputException($"portfolio {portfolio}: the reason has {why.Length} characters; 1,000 are enough");
        var ordered = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (id, weight) in weights)
        {
            if (string.IsNullOrWhiteSpace(id)) throw new InputException($"portfolio {portfolio}: a weight has no strategy id");
            if (!double.IsFinite(weight)) throw new InputException($"portfolio {portfolio}, {id}: {weight} is not a weight; give a finite "
                + $"number, 0 to switch the strategy off");
            if (weight is < 0 or > Largest)
                throw new InputException(FormattableString.Invariant(
                    $"portfolio {portfolio}, {id}: {weight} is not a weight; give a number from 0 to {Largest:N0}, 0 to switch the ")
                    + "strategy off");
            ordered[id] = weight;
        }
        return ordered;
    }

    /// <summary>Computes the effect of a change of weights without applying it.</summary>
    /// <param name="current">null = no weights have been set.</param>
    /// <exception cref="InputException">A weight is not finite, or a name is empty.</exception>
    public static WeightsPlan PlanOf(string portfolio, PortfolioWeights? current, IReadOnlyDictionary<string, double> weights)
    {
        var after = Checked(portfolio, weights, "");
        var before = current?.Weights ?? new Dictionary<string, double>();
        var changes = before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(id => new WeightChange(id, Weight(before, id), Weight(after, id))).Where(c => c.Before != c.After).ToList();
        var version = current?.Version ?? 0;
        return new WeightsPlan(portfolio, version, version + 1, changes);
    }

    private static double? Weight(IReadOnlyDictionary<string, double> weights, string id) =>
        weights.TryGetValue(id, out var weight) ? weight : null;
}
