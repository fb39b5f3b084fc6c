using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The table allocations: one row per weight rule. The last columns are empty for equal weights.</summary>
internal static class AllocationTable
{
    public const string Name = "allocations";

    public static readonly TableDefinition<AllocationRow> Definition = new TableDefinition<AllocationRow>()
        .Word("rule", r => r.Rule).Number("return", r => r.Return).Number("volatility", r => r.Volatility).Number("sharpe", r => r.Sharpe)
        .Number("max_drawdown", r => r.MaxDrawdown).Number("turnover", r => r.Turnover).Number("invested", r => r.Invested)
        .Number("holds", r => r.Holds).Number("difference", r => r.Difference ?? double.NaN)
        .Number("standard_error", r => r.StandardError ?? double.NaN).Number("p_value", r => r.PValue ?? double.NaN)
        .Number("adjusted_p_value", r => r.Adjusted ?? double.NaN);
}
