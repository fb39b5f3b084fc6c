using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Tables;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Query for strategies of a run, with filter and order.</summary>
/// <param name="Sort">
/// <c>id</c>, <c>class</c>, <c>symbol</c>, <c>timeframe</c>, <c>weight</c> or a metric; a prefix '-' sorts in descending order. Null = the
/// run's order. A metric that is undefined because nothing was lost counts as above all values; other undefined values come last.
/// </param>
/// <param name="Filter">Conditions separated by commas, such as <c>trades>=30,symbol=BTCUSDT,id~SmaCross</c>; null = all.</param>
/// <param name="Cursor">A value of <see cref="StrategyRows.Next"/>; null = start at the first strategy.</param>
internal sealed record StrategyQuery(int Limit, string? Sort = null, string? Filter = null, string? Cursor = null)
{
    /// <summary>Returns a page of the strategies of a run.</summary>
    /// <exception cref="InputException">A key, a condition or the cursor is invalid.</exception>
    public StrategyRows Of(RunResults results)
    {
        var from = 0;
        if (Cursor is not null && !(int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from)))
            throw ListCursor.Unknown(Cursor);
        var ordered = Matching(results);
        var page = ordered.Skip(from).Take(Limit).Select(i => JsonNode.Parse(results.Strategy(i).Span)!.AsObject()).ToList();
        var next = from + page.Count;
        return new StrategyRows(page, ordered.Count, next < ordered.Count ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Returns the table of all strategies that match, whatever the limit and the cursor.</summary>
    /// <exception cref="InputException">A key or a condition is invalid.</exception>
    public Table TableOf(RunResults results) => results.Strategies(Matching(results));

    private List<int> Matching(RunResults results)
    {
        var conditions = RowCondition.All(Filter);
        Check([.. conditions.Select(c => c.Key), .. Sort is null ? [] : (string[])[Sort.TrimStart('-')]], results);
        var columns = conditions.Select(c => results.Column(c.Key)).ToList();
        var found = new List<int>(results.Count);
        for (var i = 0; i < results.Count; i++)
        {
            var holds = true;
            for (var c = 0; c < conditions.Count && holds; c++) holds = Holds(conditions[c], columns[c][i]);
            if (holds) found.Add(i);
        }
        return Sort is null ? found : Ordered(found, results, Sort.TrimStart('-'), Sort.StartsWith('-'));
    }

    private static void Check(IEnumerable<string> keys, RunResults results)
    {
        if (results.Count == 0) return;
        foreach (var key in keys)
            if (!results.Keys.Contains(key, StringComparer.Ordinal))
            {
                var near = Engine.Market.Spelling.Nearest(key, results.Keys);
                throw new InputException($"strategies have no '{key}'; "
                    + (near is null ? $"they have {string.Join(", ", results.Keys)}" : $"did you mean '{near}'?"));
            }
    }

    private static bool Holds(RowCondition condition, RunResults.Cell cell) => cell.Text is { } text
        && (cell.IsText || condition.Operator == "~" ? condition.Holds(text) : condition.Holds(cell.Number));

    // Ties keep the run's order; undefined values come last, except a ratio without a loss.
    private static List<int> Ordered(List<int> strategies, RunResults results, string key, bool descending)
    {
        var (sign, column) = (descending ? -1 : 1, results.Column(key));
        if (MetricCatalogue.BuiltIn.Find(key) is { IsUnbounded: true } metric)
        {
            var returns = results.Column(ReturnMetrics.TotalReturn.Key);
            MetricRank[] ranks = [.. column.Select((c, i) => metric.RankOf(c.Text is null ? double.NaN : c.Number, returns[i].Number))];
            strategies.Sort((a, b) =>
            {
                if (ranks[a].IsKnown != ranks[b].IsKnown) return ranks[a].IsKnown ? -1 : 1;
                return ranks[a].IsKnown && ranks[a].CompareTo(ranks[b]) is var order and not 0 ? sign * order : a - b;
            });
            return strategies;
        }
        strategies.Sort((a, b) =>
        {
            var (x, y) = (column[a], column[b]);
            if (x.Text is null || y.Text is null) return x.Text is null && y.Text is null ? a - b : x.Text is null ? 1 : -1;
            var order = x.IsText ? string.CompareOrdinal(x.Text, y.Text) : x.Number.CompareTo(y.Number);
            return order == 0 ? a - b : sign * order;
        });
        return strategies;
    }
}
