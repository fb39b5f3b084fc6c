using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Conditions;

/// <summary>
/// Computes profit by condition: tables of all closed trades, and tests of conditions known at entry. Conditions are chosen on the first
/// part of the period and tested on the rest. Trades that were open at the split belong to neither part.
/// </summary>
/// <param name="Results">Section of results.json and of the report.</param>
/// <param name="Rows">Tables of all strategies, for conditions.csv.</param>
/// <param name="Tests">Tests of all strategies, for conditions.csv.</param>
internal sealed record ConditionReport(ConditionResults Results, IReadOnlyList<StrategyConditions> Rows,
    IReadOnlyDictionary<(string Strategy, string Condition, string Value), ConditionTest> Tests)
{
    /// <summary>Minimum number of trades before the split for a condition to be tested.</summary>
    public const int LeastTrades = 10;

    private const double Level = 0.05;
    private const int MostTests = 20, MostStrategies = 8;
    // Tenths of the period on which conditions are chosen.
    private const int FirstTenths = 6;

    /// <param name="strategies">Indices of the strategies whose trades the run lists.</param>
    /// <param name="members">By strategy index: nonzero if the strategy has a weight.</param>
    /// <param name="regimes">Regimes of the batch; null if it has none.</param>
    /// <returns>Null if no trade was closed.</returns>
    public static async Task<ConditionReport?> OfAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IEventLog log,
        IReadOnlyList<int> strategies, IReadOnlyList<double> members, RegimePlan? regimes, CancellationToken cancellationToken)
    {
        var conditions = await TradeConditions.ReadAsync(plan, markets, regimes, strategies, cancellationToken);
        var trades = strategies.Select(i => (plan.Instances[i].Id, Trades: conditions.Of(i, log))).Where(s => s.Trades.Count > 0).ToList();
        if (trades.Count == 0) return null;
        var (first, last) = (trades.Min(s => s.Trades.Min(t => t.Entry)), trades.Max(s => s.Trades.Max(t => t.Closed)));
        var split = first + (last - first) / 10 * FirstTenths;
        var intervals = new MeanIntervals();
        var tests = Tested([.. trades.SelectMany(s => TestsOf(s.Id, s.Trades, split, intervals))]);
        var rows = trades.ConvertAll(s => new StrategyConditions(s.Id, [.. RowsOf(s.Trades, intervals)]));
        var weighted = strategies.Where(i => members[i] != 0).Select(i => plan.Instances[i].Id).ToHashSet(StringComparer.Ordinal);
        var held = tests.Where(t => t.Outcome == ConditionTest.Held).ToList();
        return new ConditionReport(new ConditionResults
        {
            Split = split,
            Tried = tests.Count,
            Chosen = tests.Count(t => t.Outcome != ConditionTest.NotChosen),
            Held = held.Count,
            Suggestion = SuggestionFor(held, plan, regimes),
            Tests = [.. tests.OrderBy(t => t.PValue).Take(MostTests)],
            Strategies = [.. rows.Where(r => weighted.Count == 0 || weighted.Contains(r.Strategy)).Take(MostStrategies)],
        }, rows, tests.ToDictionary(t => (t.Strategy, t.Condition, t.Value)));
    }

    private static IEnumerable<ConditionRow> RowsOf(IReadOnlyList<ConditionTrade> trades, MeanIntervals intervals)
    {
        foreach (var (k, name) in TradeConditions.Names.Index())
        {
            var groups = GroupsOf(trades, k).Select(g => (Value: g.Key, Trades: g.ToList())).ToList();
            // The exit follows from how a trade went, and would explain its return best.
            var importance = name == TradeConditions.Exit ? double.NaN
                : ExplainedVariance.Of(groups.ConvertAll(g => g.Trades.ConvertAll(t => t.Return)));
            foreach (var (value, group) in groups)
            {
                var mean = intervals.Of([.. group.Select(t => t.Return)], Variation.OfReturns);
                yield return new ConditionRow(name, value, mean.Count, (double)group.Count(t => t.Net > 0) / mean.Count,
                    group.Sum(t => t.Net), mean.Mean, mean.Low, mean.High, importance);
            }
        }
    }

    private static IEnumerable<IGrouping<string, ConditionTrade>> GroupsOf(IEnumerable<ConditionTrade> trades, int condition) =>
        trades.Where(t => t.Values[condition] is not null).GroupBy(t => t.Values[condition]!, StringComparer.Ordinal)
            .OrderBy(g => RankOf(g.Key)).ThenBy(g => g.Key, StringComparer.Ordinal);

    // Weekdays from Monday, volatility from low to high, other values by name.
    private static int RankOf(string value) => Enum.TryParse<DayOfWeek>(value, out var day) && !char.IsDigit(value[0]) ? ((int)day + 6) % 7
        : value switch { "low" => 0, "middle" => 1, "high" => 2, _ => 0 };

    private static IEnumerable<ConditionTest> TestsOf(string strategy, IReadOnlyList<ConditionTrade> trades, long split,
        MeanIntervals intervals)
    {
        var (before, after) = (trades.Where(t => t.Closed <= split).ToList(), trades.Where(t => t.Entry >= split).ToList());
        foreach (var (k, name) in TradeConditions.Names.Index())
        {
            if (name == TradeConditions.Exit) continue;
            foreach (var group in GroupsOf(before, k))
            {
                var own = intervals.Of([.. group.Select(t => t.Return)], Variation.OfReturns);
                if (own.Count < LeastTrades || double.IsNaN(own.PValue)) continue;
                var later = intervals.Of([.. after.Where(t => t.Values[k] == group.Key).Select(t => t.Return)],
                    Variation.OfReturns);
                yield return new ConditionTest
                {
                    Strategy = strategy,
                    Condition = name,
                    Value = group.Key,
                    First = own.Count,
                    FirstMean = own.Mean,
                    PValue = own.PValue,
                    Adjusted = 1,
                    Later = later.Count,
                    LaterMean = later.Mean,
                    LaterLow = later.Low,
                    LaterHigh = later.High,
                    LaterPValue = later.PValue,
                    Outcome = ConditionTest.NotChosen,
                };
            }
        }
    }

    private static List<ConditionTest> Tested(List<ConditionTest> tests)
    {
        var adjusted = HolmCorrection.Adjust(tests.ConvertAll(t => t.PValue));
        var chosen = adjusted.Count(p => p <= Level);
        return [.. tests.Select((t, i) => t with
        {
            Adjusted = adjusted[i],
            Outcome = adjusted[i] > Level ? ConditionTest.NotChosen
                : t.LaterPValue * chosen <= Level ? ConditionTest.Held : ConditionTest.Lost,
        })];
    }

    // Weights can follow regime states, but not hours or weekdays.
    private static string? SuggestionFor(List<ConditionTest> held, BatchPlan plan, RegimePlan? regimes)
    {
        var plans = held.Any(t => t.Condition == TradeConditions.State) ? regimes
            : held.Any(t => t.Condition == TradeConditions.Volatility)
                ? TradeConditions.VolatilityPlan(plan.Spec.Catalogues.Factors) : null;
        return plans is null ? null : new JsonObject
        {
            ["regimes"] = JsonNode.Parse(RegimeReader.ToJson(plans)),
            ["portfolio"] = new JsonObject { ["weights"] = WeightMethods.Regime },
        }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
