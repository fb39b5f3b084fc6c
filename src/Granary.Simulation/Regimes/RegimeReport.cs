using Granary.Learning.Regimes;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Regimes;

/// <summary>
/// Creates the section of results.json on regimes: states over time, their transitions, the market's returns after them, and the agreement
/// of the machines.
/// </summary>
internal static class RegimeReport
{
    private const int MostMarkets = 12, MostPoints = 600;

    /// <param name="from">Time of the first reported bar, UTC ticks; earlier bars warm up the machines.</param>
    public static async Task<RegimeResults> OfAsync(
        RegimePlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, long from, CancellationToken cancellationToken)
    {
        var charts = new List<RegimeChart>();
        foreach (var market in markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Take(MostMarkets))
            charts.Add(Chart(plan, (await MarketStates.RunAsync(market, plan, cancellationToken)).Since(from)));
        return new RegimeResults { Markets = markets.Count, Charts = charts };
    }

    private static RegimeChart Chart(RegimePlan plan, MarketStates states)
    {
        // The chart shows the last bar of each of several equal periods.
        var n = states.Time.Length;
        var points = Math.Min(n, MostPoints);
        T[] Thinned<T>(T[] values) => [.. Enumerable.Range(0, points).Select(p => values[(int)((long)(p + 1) * n / points) - 1])];
        var returns = new double[n];
        for (var i = 0; i < n; i++) returns[i] = i == 0 ? double.NaN : states.Close[i] / states.Close[i - 1] - 1;
        var rows = plan.Machines.Select((m, k) => (m.Name, m.States, Values: states.Machines[k])).ToList();
        if (rows.Count > 1) rows.Add(("together", plan.States, states.Whole));
        return new RegimeChart(states.Symbol, states.Timeframe.ToString(), Thinned(states.Time), Thinned(states.Close),
            [.. rows.Select(r => new RegimeMachineStates(r.Name, r.States, Thinned(r.Values), Statistics(r.States, r.Values, returns)))],
            Agreement(plan, states));
    }

    private static List<RegimeStatistics> Statistics(IReadOnlyList<string> names, int[] values, double[] returns)
    {
        var transitions = RegimeTransitions.Of(values, names.Count);
        var after = RegimeTransitions.NextReturns(values, returns, names.Count);
        return [.. names.Select((name, s) => new RegimeStatistics(name, transitions.Share[s], transitions.Spells[s],
            transitions.MeanSpell[s], after[s].Mean, after[s].Deviation,
            [.. names.Select((_, t) => transitions.Probabilities[s, t])]))];
    }

    private static List<RegimePairAgreement> Agreement(RegimePlan plan, MarketStates states)
    {
        var pairs = new List<RegimePairAgreement>();
        for (var a = 0; a < plan.Machines.Count; a++)
            for (var b = a + 1; b < plan.Machines.Count; b++)
                pairs.Add(new RegimePairAgreement(plan.Machines[a].Name, plan.Machines[b].Name,
                    RegimeAgreement.Of(states.Machines[a], plan.Machines[a].States.Count, states.Machines[b],
                        plan.Machines[b].States.Count).AdjustedRand));
        return pairs;
    }
}
