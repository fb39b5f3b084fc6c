using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Simulation.Conditions;

/// <summary>
/// The table conditions: one row per strategy, condition and value. The last columns are empty if the condition was not tested.
/// </summary>
internal static class ConditionTable
{
    public const string Name = "conditions";

    public static readonly TableDefinition<TestedCondition> Definition = new TableDefinition<TestedCondition>()
        .Word("strategy", r => r.Strategy).Word("condition", r => r.Row.Condition).Word("value", r => r.Row.Value)
        .Whole("trades", r => r.Row.Trades).Number("win_rate", r => r.Row.WinRate).Number("pnl_net", r => r.Row.Profit)
        .Number("mean_return", r => r.Row.MeanReturn).Number("low", r => r.Row.Low).Number("high", r => r.Row.High)
        .Whole("first_trades", r => r.Test?.First).Number("first_mean_return", r => r.Test?.FirstMean ?? double.NaN)
        .Number("p_value", r => r.Test?.PValue ?? double.NaN).Number("adjusted_p_value", r => r.Test?.Adjusted ?? double.NaN)
        .Whole("later_trades", r => r.Test?.Later).Number("later_mean_return", r => r.Test?.LaterMean ?? double.NaN)
        .Number("later_low", r => r.Test?.LaterLow ?? double.NaN).Number("later_high", r => r.Test?.LaterHigh ?? double.NaN)
        .Number("later_p_value", r => r.Test?.LaterPValue ?? double.NaN).Word("outcome", r => r.Test?.Outcome)
        .Number("importance", r => r.Row.Importance);

    public static Table Of(ConditionReport report) => Definition.Of(report.Rows.SelectMany(s => s.Rows.Select(r =>
        new TestedCondition(s.Strategy, r, report.Tests.GetValueOrDefault((s.Strategy, r.Condition, r.Value))))));
}

/// <summary>A row of the table of conditions.</summary>
/// <param name="Test">Null if the condition was not tested.</param>
internal readonly record struct TestedCondition(string Strategy, ConditionRow Row, ConditionTest? Test);
