using Granary.Engine.Analysis;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>A strategy of a portfolio, for the ledger.</summary>
/// <param name="DailySharpe">See <see cref="Trial"/>.</param>
/// <param name="Load">
/// Its weight times the deviation of its returns, divided by the deviation of the portfolio Σ w·r. A result of one standard error of each
/// member is one of the sum of the loads of the portfolio.
/// </param>
internal readonly record struct TriedMember(double DailySharpe, double Load)
{
    private const int MostPeriods = 256, JoinedAtOnce = 1_024;

    /// <param name="weightOf">Weight of a strategy by its index.</param>
    /// <returns>Nothing for fewer than two members: one alone has the luck of the best trial.</returns>
    public static IReadOnlyList<TriedMember> Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        Func<int, double> weightOf)
    {
        var identical = IdenticalResults.Of(plan, outcomes);
        var members = SelectionTests.Traced(plan, outcomes).FindAll(t => identical.IsFirst(t.Strategy) && weightOf(t.Strategy) > 0);
        if (members.Count < 2) return [];
        var (from, to) = (members.Min(m => m.Trace.FirstPeriod), members.Max(m => m.Trace.LastPeriod) + 1);
        var join = (int)((to - from + MostPeriods - 1) / MostPeriods);
        var portfolio = new double[(int)((to - from) / join)];
        var found = new List<TriedMember>(members.Count);
        // In parts, since the returns of all strategies of a large batch do not fit in memory.
        foreach (var part in members.Chunk(JoinedAtOnce))
        {
            var returns = SelectionTests.Returns([.. part], from, join, portfolio.Length);
            for (var k = 0; k < part.Length; k++)
            {
                var weight = weightOf(part[k].Strategy);
                for (var t = 0; t < portfolio.Length; t++) portfolio[t] += weight * returns[k][t];
                found.Add(new TriedMember(Trial.DailySharpeOf(part[k].Trace),
                    weight * Moments.OfReturns(returns[k]).SampleDeviation));
            }
        }
        var deviation = Moments.OfReturns(portfolio).SampleDeviation;
        return deviation > 0 ? [.. found.Where(f => f.Load > 0).Select(f => f with { Load = f.Load / deviation })] : [];
    }
}
