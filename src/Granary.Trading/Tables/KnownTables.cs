using System.Collections.Frozen;
using System.Collections.Immutable;
using Granary.Backtesting.WalkForward;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Conditions;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;

namespace Granary.Trading.Tables;

/// <summary>All tables that runs write, by name.</summary>
internal static class KnownTables
{
    private static readonly CsvSchema s_trades = new(RunTables.Trade.Columns)
    {
        Optional =
        [
            [.. RunTables.ConvertedTrade.Columns.Skip(RunTables.Trade.Columns.Count)],
            [.. RunTables.RolledTrade.Columns.Skip(RunTables.Trade.Columns.Count)],
        ],
    };

    private static readonly CsvSchema s_fills = new(RunTables.Fill.Columns)
    {
        Optional = [[.. RunTables.ConvertedFill.Columns.Skip(RunTables.Fill.Columns.Count)]],
    };

    private static readonly FrozenDictionary<string, CsvSchema> _all = new Dictionary<string, CsvSchema>(StringComparer.Ordinal)
    {
        ["trades"] = s_trades,
        ["portfolio_trades"] = s_trades,
        ["portfolio_fills"] = s_fills,
        ["rolls"] = new(RunTables.Roll.Columns),
        [RunFolder.Stressed + "trades"] = s_trades,
        [RunFolder.Stressed + "portfolio_trades"] = s_trades,
        [RunFolder.Stressed + "portfolio_fills"] = s_fills,
        ["signals"] = new(RunTables.Signal.Columns),
        ["factors"] = new(RunTables.Factor.Columns),
        ["trades_by_model"] = new(RunTables.ByModel.Columns),
        ["equity"] = new(RunTables.Equity.Columns),
        [ConditionTable.Name] = new(ConditionTable.Definition.Columns),
        [AllocationTable.Name] = new(AllocationTable.Definition.Columns),
        [PredictionTable.Name] = new(PredictionTable.Definition.Columns),
        [RiskTable.Name] = new(RiskTable.Definition.Columns),
        [ResamplingTable.Name] = new(ResamplingTable.Fixed.Columns) { HasMore = true },
        [TrialTable.Name] = new(TrialTable.Fixed.Columns) { HasMore = true },
        [WindowTable.Name] = new(WindowTable.Fixed.Columns) { HasMore = true },
        [AllocatorReport.Name] = new([AllocatorReport.First]) { HasMore = true, Last = [AllocatorReport.Last] },
        [ModelTables.Log] = new(ModelTables.Action.Columns),
        [ModelTables.Decisions] = new(ModelTables.Decision.Columns),
        [ModelTables.Challengers] = new(ModelTables.Challenger.Columns),
        [UniverseTable.Name] = new(UniverseTable.Definition.Columns),
        [AccountTables.Trades] = new(AccountTables.Trade.Columns)
        {
            Optional = [[.. AccountTables.ConvertedTrade.Columns.Skip(AccountTables.Trade.Columns.Count)]],
        },
        [AccountTables.Equity] = new(AccountTables.Mark.Columns),
        [AccountTables.Orders] = new(AccountTables.Order.Columns),
        [AccountTables.Gap] = new(AccountTables.DivergenceRow.Columns)
        {
            Optional = [[.. AccountTables.ConvertedRow.Columns.Skip(AccountTables.DivergenceRow.Columns.Count)]],
        },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names, sorted.</summary>
    public static ImmutableArray<string> Names { get; } = [.. _all.Keys.Append(StrategyTable.Name).Order(StringComparer.Ordinal)];

    /// <summary>Returns the schema of a table; null if there is no such table, or if it has no CSV file.</summary>
    public static CsvSchema? Find(string name) => _all.GetValueOrDefault(name);
}
