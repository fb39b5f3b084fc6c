namespace Granary.Reporting.Runs;

/// <summary>A condition over several strategies.</summary>
/// <param name="Importance">
/// The mean of <see cref="ConditionRow.Importance"/> over the strategies that have one, weighted by their closed trades. NaN if none has
/// one.
/// </param>
/// <param name="Trades">Closed trades of these strategies under the condition.</param>
internal sealed record RankedCondition(string Condition, double Importance, int Trades)
{
    /// <summary>Ranks the conditions of strategies: the most important first, equal ones in their order.</summary>
    public static List<RankedCondition> Of(IReadOnlyList<StrategyConditions> strategies) =>
        [.. strategies.SelectMany(s => s.Rows.GroupBy(r => r.Condition, StringComparer.Ordinal)).GroupBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Of(g.Key, [.. g.Select(rows => (rows.First().Importance, Trades: rows.Sum(r => r.Trades)))]))
            .OrderByDescending(c => double.IsNaN(c.Importance) ? double.NegativeInfinity : c.Importance)];

    private static RankedCondition Of(string condition, IReadOnlyList<(double Importance, int Trades)> strategies)
    {
        var known = strategies.Where(s => !double.IsNaN(s.Importance)).ToList();
        var trades = known.Sum(s => s.Trades);
        return new RankedCondition(condition, trades == 0 ? double.NaN : known.Sum(s => s.Importance * s.Trades) / trades, trades);
    }
}
