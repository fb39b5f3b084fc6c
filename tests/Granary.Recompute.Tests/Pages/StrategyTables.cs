using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables of strategies: each one, and by class, market and timeframe, and the parameter maps.</summary>
internal static class StrategyTables
{
    public static void Groups(PageCheck check, IReadOnlyList<JsonElement> strategies, IReadOnlyList<TradeRow> trades)
    {
        var closed = trades.Where(t => !t.IsOpen).ToLookup(t => t.Strategy, t => t.NetProfit, StringComparer.Ordinal);
        foreach (var (caption, key) in new[] { ("Strategies by class", "class"), ("Strategies by market", "symbol"), ("Strategies by timeframe", "timeframe") })
        {
            foreach (var row in check.Take(caption).Rows.Skip(1))
            {
                List<JsonElement> group = [.. strategies.Where(s => s.GetProperty(key).GetString() == row[0])];
                var where = $"{caption}, {row[0]}";
                check.Number(where + ", strategies", row[1], group.Count);
                check.Number(where + ", gained", row[2], (double)group.Count(s => Stat(s, "totalReturn") > 0) / group.Count);
                check.Number(where + ", weighted", row[3], group.Count(s => s.GetProperty("weight").GetDouble() != 0));
                check.Number(where + ", median return", row[4], Median(group, "totalReturn"));
                check.Number(where + ", median Sharpe", row[5], Median(group, "sharpe"));
                check.Number(where + ", median drawdown", row[6], Median(group, "maxDrawdown"));
                check.Number(where + ", contribution", row[7], group.Sum(s => closed[s.GetProperty("id").GetString()!].Sum()));
            }
        }
    }

    private static double Median(IEnumerable<JsonElement> strategies, string key)
    {
        var values = strategies.Select(s => Stat(s, key)).Where(v => !double.IsNaN(v)).Order().ToArray();
        return values.Length == 0 ? double.NaN
            : values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }

    public static double Stat(JsonElement strategy, string key) =>
        strategy.GetProperty("stats").GetProperty(key) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : double.NaN;
}
