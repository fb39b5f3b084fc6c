using Granary.Engine.Market;

namespace Granary.Engine.Strategies.Library;

/// <summary>Holds all symbols at equal weights, put right on the first bar of each month.</summary>
/// <remarks>The weights replace the batch's size rule.</remarks>
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
        bar.Rebalance([.. bar.Symbols.Select(s => s.HasBar ? percent / bar.Symbols.Count : double.NaN)]);
    }
}
