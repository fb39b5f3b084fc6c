using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Backtesting.WalkForward;

/// <summary>The table windows: a row for each selection of a walk-forward.</summary>
internal static class WindowTable
{
    public const string Name = "windows";

    /// <summary>The columns of every such table; after them, there is one for each parameter of the selections.</summary>
    public static readonly TableDefinition<WindowRow> Fixed = new TableDefinition<WindowRow>()
        .Word("group", r => r.Group).Time("from", r => r.Choice.Window.From).Time("chosen_at", r => r.Choice.Window.At)
        .Time("to", r => r.Choice.Window.To).Word("strategy", r => r.Strategy).Number("objective", r => r.Choice.Objective)
        .Number("in_sample_return", r => r.Choice.InSampleReturn).Number("out_of_sample_return", r => r.Choice.OutOfSampleReturn)
        .Whole("trades", r => r.Choice.Trades.Count).Number("out_of_sample_objective", r => r.OutOfSampleObjective)
        .Whole("trials", r => r.Choice.Tried);
}

/// <summary>A row of the table windows.</summary>
internal sealed record WindowRow(string Group, WindowChoice Choice)
{
    /// <summary>Id of the strategy that was chosen; null for none.</summary>
    public required string? Strategy { get; init; }

    /// <summary>NaN if nothing was chosen.</summary>
    public required double OutOfSampleObjective { get; init; }

    /// <summary>The parameters of the strategy, and what a search varied beside them.</summary>
    public required IReadOnlyDictionary<string, object> Params { get; init; }

    /// <summary>Returns a parameter as text; null if the strategy does not have it.</summary>
    public string? Param(string name) =>
        Params.TryGetValue(name, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
