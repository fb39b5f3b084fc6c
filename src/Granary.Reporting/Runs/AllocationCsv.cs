using CsvHelper;

namespace Granary.Reporting.Runs;

/// <summary>Writes allocations.csv: one row per weight rule. The last columns are empty for equal weights.</summary>
public static class AllocationCsv
{
    public const string Name = "allocations.csv";

    public static void Write(TextWriter writer, AllocationResults results)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, ["rule", "return", "volatility", "sharpe", "max_drawdown", "turnover", "invested", "holds", "difference",
            "standard_error", "p_value", "adjusted_p_value"]);
        foreach (var r in results.Rules)
            Row(csv, [r.Rule, .. ((double?[])[r.Return, r.Volatility, r.Sharpe, r.MaxDrawdown, r.Turnover, r.Invested, r.Holds,
                r.Difference, r.StandardError, r.PValue, r.Adjusted]).Select(v => v is { } number ? RunText.Number(number) : "")]);
    }

    private static void Row(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
