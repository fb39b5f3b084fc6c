using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Holds all symbols at equal weights, put right on the first bar of each month.</summary>
/// <remarks>
/// The weights replace the batch's size rule. Positions are put right in the order of their worth, largest first, so that sales pay for
/// purchases.
/// </remarks>
[Strategy("Holds all symbols at equal weights, together 'percent' of the equity, and rebalances on the first bar of each month.",
    WorksIn = "Rising markets whose symbols take turns in leading: it sells what has risen and buys what has lagged.",
    LosesIn = "A symbol that falls permanently, which it buys each month; a symbol that outperforms all others, which it sells.",
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
