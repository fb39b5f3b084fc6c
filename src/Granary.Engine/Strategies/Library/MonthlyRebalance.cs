using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Holds all symbols at equal weights, put right on the first bar of each month.</summary>
/// <remarks>The weights replace the batch's size rule. Positions are put right in the order of their worth, largest first, so that sales pay for purchases.</remarks>
[Strategy("Holds all symbols at equal weights that together make 'percent' of the equity, put right on the first bar of each month.",
    Earns = "Markets that rise in the end and take turns in leading: what has run ahead is trimmed and what has lagged is topped up.",
    Bleeds = "A symbol that falls for good, which is bought again month by month; and one that runs far ahead of the rest, which is sold on the way.",
    Source = "textbook; DeMiguel, Garlappi and Uppal 2009")]
public sealed class MonthlyRebalance([Range(0.1, 100)] double percent = 90) : MultiSymbolStrategy
{
    private int _month;

    public override void OnBar(MultiSymbolContext bar)
    {
        var month = bar.Time.Year * 12 + bar.Time.Month;
        if (month == _month) return;
        _month = month;
        foreach (var symbol in bar.Symbols.Where(s => s.HasBar).OrderByDescending(s => s.PositionValue))
            symbol.OrderTargetPercent(percent / bar.Symbols.Count);
    }
}
