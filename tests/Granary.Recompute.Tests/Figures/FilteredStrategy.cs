using System.Text;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>A strategy as the validation checks judge it.</summary>
/// <param name="Rows">Of its own account.</param>
/// <param name="Traded">What it traded; strategies with the same text do the same.</param>
/// <param name="TotalReturn">Of its own account.</param>
internal sealed record FilteredStrategy(string Id, double Weight, IReadOnlyList<EquityRow> Rows, string Traded, double TotalReturn)
{
    /// <summary>All strategies of a run, by their own accounts.</summary>
    public static List<FilteredStrategy> Of(RunFigures run) => [.. run.Files.Strategies.Select(strategy =>
    {
        var id = strategy.GetProperty("id").GetString()!;
        return new FilteredStrategy(id, strategy.GetProperty("weight").GetDouble(), run.OwnRows(strategy),
            TradesOf(strategy.GetProperty("symbol").GetString()!, run.Files.TradesOf(id)), RunFigures.Stat(strategy, "totalReturn"));
    })];

    /// <summary>A text of trades on a market; empty where there is none.</summary>
    public static string TradesOf(string symbol, IReadOnlyList<TradeRow> trades)
    {
        if (trades.Count == 0) return "";
        var text = new StringBuilder(symbol);
        foreach (var t in trades)
            text.Append($"|{t.Sign} {t.Quantity:R} {t.EntryTime.Ticks} {t.EntryPrice:R} {t.ExitTime.Ticks} {t.ExitPrice:R} {t.Reason}");
        return text.ToString();
    }
}
