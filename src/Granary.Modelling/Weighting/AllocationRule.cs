using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio.Allocation;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Weighs units, the strategies of a batch or the groups of a walk-forward, by one of the <see cref="AllocationMethods"/>, with the bounds
/// of <see cref="RebalanceSpec"/>.
/// </summary>
internal sealed class AllocationRule
{
    private readonly string _method;
    private readonly RebalanceSpec _spec;
    private readonly IReadOnlyList<string> _symbols;
    private readonly IReadOnlyList<(string Name, IReadOnlySet<string> Symbols)> _groups;

    /// <param name="method">One of <see cref="AllocationMethods"/>.</param>
    /// <param name="spec">The bounds.</param>
    /// <param name="portfolio">The portfolio, for its groups and for the place of a fault.</param>
    /// <param name="symbols">By unit: its symbol; of a unit with several, the first.</param>
    /// <exception cref="InputException">The bounds contradict one another, or there are too many units.</exception>
    public AllocationRule(string method, RebalanceSpec spec, PortfolioSpec portfolio, IReadOnlyList<string> symbols)
    {
        (_method, _spec, _symbols) = (method, spec, symbols);
        _groups = _spec.MaxGroupWeight is null ? [] : Groups(portfolio);
        Check(portfolio);
    }

    /// <summary>The rule for the strategies of a batch.</summary>
    /// <param name="method">One of <see cref="AllocationMethods"/>.</param>
    /// <exception cref="InputException">The bounds contradict one another, or there are too many strategies.</exception>
    public static AllocationRule Of(BatchPlan plan, string method, RebalanceSpec spec) =>
        new(method, spec, plan.Spec.Portfolio, [.. plan.Instances.Select(i => i.Symbols[0])]);

    /// <summary>Chooses the weights from the periods [from, to).</summary>
    /// <param name="traces">Equity of the units that have one, in the order of the units.</param>
    /// <param name="previous">By unit: the weight in force; null before the first choice.</param>
    /// <remarks>
    /// A unit without data at the start of the window, or with nothing left at its end, gets no weight. Of units with the same returns, up
    /// to rounding, the first gets the weight of one.
    /// </remarks>
    public AllocationChoice Choose(IReadOnlyList<(int Unit, EquityTrace Trace)> traces, long from, long to, IReadOnlyList<double>? previous)
    {
        var (units, returns) = (new List<int>(), new List<double[]>());
        foreach (var (unit, trace) in traces)
        {
            if (trace.FirstPeriod > from || !(trace.EquityAt(to - 1) > 0)) continue;
            var own = trace.Returns(from, to);
            if (returns.Exists(earlier => AreSame(earlier, own))) continue;
            units.Add(unit);
            returns.Add(own);
        }
        var settings = SettingsFor(units);
        return new AllocationChoice(units, returns, settings, AllocationMethods.Weigh(_method, returns, settings,
            previous is null ? null : [.. units.Select(u => previous[u])]));
    }

    // The same returns at other prices or in accounts of other sizes differ by their rounding.
    private static bool AreSame(double[] a, double[] b)
    {
        for (var t = 0; t < a.Length; t++)
            if (!(Math.Abs(a[t] - b[t]) <= Tolerance.Return)) return false;
        return true;
    }

    private AllocationSettings SettingsFor(IReadOnlyList<int> units)
    {
        var caps = new List<AllocationCap>();
        if (_spec.MaxSymbolWeight is { } symbolMost)
            foreach (var symbol in units.Select(u => _symbols[u]).Distinct(StringComparer.Ordinal))
                caps.Add(new AllocationCap([.. Places(units, u => _symbols[u] == symbol)], symbolMost));
        if (_spec.MaxGroupWeight is { } groupMost)
            foreach (var (_, symbols) in _groups)
                if (Places(units, u => symbols.Contains(_symbols[u])).ToList() is { Count: > 0 } members)
                    caps.Add(new AllocationCap(members, groupMost));
        return new AllocationSettings
        {
            Minimum = _spec.MinWeight,
            Maximum = _spec.MaxWeight,
            Caps = caps,
            TurnoverPenalty = _spec.TurnoverPenalty,
            Shrinkage = _spec.Shrinkage,
        };
    }

    private static IEnumerable<int> Places(IReadOnlyList<int> units, Func<int, bool> isIn) =>
        Enumerable.Range(0, units.Count).Where(place => isIn(units[place]));

    private static List<(string, IReadOnlySet<string>)> Groups(PortfolioSpec portfolio)
    {
        var key = portfolio.Place!.Need("rebalance").Need("maxGroupWeight");
        var groups = portfolio.Limits.Rules.Select(r => r.Create()).OfType<GroupLimits>().SelectMany(g => g.Groups).ToList();
        if (groups.Count == 0)
            throw key.Fault("the portfolio has no groups; name their symbols in limits.groups, or leave it out");
        foreach (var symbol in groups.SelectMany(g => g.Value.Symbols.Distinct(StringComparer.Ordinal))
            .GroupBy(s => s, StringComparer.Ordinal).Where(g => g.Count() > 1))
            throw key.Fault($"{symbol.Key} is in {symbol.Count()} of limits.groups, and its weight cannot count in several; put each "
                + "symbol in one group, or leave it out");
        return [.. groups.OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (g.Key, (IReadOnlySet<string>)g.Value.Symbols.ToHashSet(StringComparer.Ordinal)))];
    }

    // Fewer units than there are may be weighed at a time, never more.
    private void Check(PortfolioSpec portfolio)
    {
        if (_symbols.Count > AllocationMethods.MostAssets)
            throw portfolio.Place!.Need("weights").Fault(FormattableString.Invariant($"'{_method}' weighs at most ")
                + FormattableString.Invariant($"{AllocationMethods.MostAssets} strategies and the batch has {_symbols.Count}: use ")
                + "\"matching-pursuit\", which selects a few, or fewer strategies");
        if (!(_spec.MinWeight > 0)) return;
        Within(portfolio, _symbols.Count, 1, "the whole portfolio", "1");
        if (_spec.MaxSymbolWeight is { } symbolMost)
            foreach (var symbol in _symbols.GroupBy(s => s, StringComparer.Ordinal))
                Within(portfolio, symbol.Count(), symbolMost, symbol.Key, "maxSymbolWeight");
        if (_spec.MaxGroupWeight is { } groupMost)
            foreach (var (name, symbols) in _groups)
                Within(portfolio, _symbols.Count(symbols.Contains), groupMost, $"the group '{name}'", "maxGroupWeight");
    }

    private void Within(PortfolioSpec portfolio, int count, double most, string whole, string bound)
    {
        if (count * _spec.MinWeight <= most * (1 + Tolerance.Arithmetic)) return;
        throw portfolio.Place!.Need("rebalance").Need("minWeight").Fault(FormattableString.Invariant(
            $"{count} strategies of {whole} with at least {_spec.MinWeight} each have {count * _spec.MinWeight:0.####}, more than {bound}")
            + FormattableString.Invariant($"{(bound == "1" ? "" : $", {most}")}; give at most {Math.Floor(1e6 * most / count) / 1e6}"));
    }
}
