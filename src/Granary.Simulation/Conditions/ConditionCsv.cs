using System.Globalization;
using CsvHelper;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Conditions;

/// <summary>
/// Writes conditions.csv: one row per strategy, condition and value. The last columns are empty if the condition was not tested.
/// </summary>
public static class ConditionCsv
{
    public const string Name = "conditions.csv";

    public static void Write(TextWriter writer, ConditionReport? report)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, ["strategy", "condition", "value", "trades", "win_rate", "pnl_net", "mean_return", "low", "high", "first_trades",
            "first_mean_return", "p_value", "adjusted_p_value", "later_trades", "later_mean_return", "later_low", "later_high",
            "later_p_value", "outcome", "importance"]);
        foreach (var strategy in report?.Rows ?? [])
            foreach (var r in strategy.Rows)
            {
                var importance = RunText.Number(r.Importance);
                IEnumerable<string> own = [strategy.Strategy, r.Condition, r.Value, Count(r.Trades), RunText.Number(r.WinRate),
                    RunText.Number(r.Profit), RunText.Number(r.MeanReturn), RunText.Number(r.Low), RunText.Number(r.High)];
                Row(csv, report!.Tests.TryGetValue((strategy.Strategy, r.Condition, r.Value), out var t)
                    ? [.. own, Count(t.First), RunText.Number(t.FirstMean), RunText.Number(t.PValue), RunText.Number(t.Adjusted),
                        Count(t.Later), RunText.Number(t.LaterMean), RunText.Number(t.LaterLow), RunText.Number(t.LaterHigh),
                        RunText.Number(t.LaterPValue), t.Outcome, importance]
                    : [.. own, .. Enumerable.Repeat("", 10), importance]);
            }
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static void Row(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
