using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies.Library;

/// <summary>
/// Holds the symbols with the highest returns and ranks them again at a fixed number of bars. With <c>shorts</c> it also sells the symbols
/// with the lowest returns short.
/// </summary>
/// <remarks>
/// The batch's size rule is divided among the positions. If returns are equal, the symbol that comes first in the batch ranks first.
/// </remarks>
[Strategy("Holds the 'top' symbols with the highest return over 'lookback' bars, ranked every 'every' bars; with 'shorts' it is short "
        + "the lowest.",
    WorksIn = "Broad lists over months: past winners go on rising while the market absorbs news slowly.",
    LosesIn = "Reversals of the whole market, in which past losers rise most; short lists, in which ranks are noise and each change costs.",
    Source = "Jegadeesh and Titman 1993")]
public sealed class MomentumRank : MultiSymbolStrategy
{
    private readonly Factor _rise;
    private readonly List<(SymbolContext Symbol, double Rise)> _ranks = [];
    private readonly int _top, _every;
    private readonly bool _shorts;
    private long _next;

    public MomentumRank([Range(1, 5_000)] int lookback = 60, [Range(1, 1_000)] int top = 1, [Range(1, 5_000)]
        int every = 20, bool shorts = false)
    {
        _rise = Use("roc", lookback);
        (_top, _every, _shorts) = (top, every, shorts);
    }

    public override int LeastSymbols => 2;

    public override void OnBar(MultiSymbolContext bar)
    {
        if (bar.BarNumber < _next) return;
        _ranks.Clear();
        foreach (var symbol in bar.Symbols)
            if (symbol is { HasBar: true, IsReady: true, IsMember: true } && !double.IsNaN(symbol[_rise]))
                _ranks.Add((symbol, symbol[_rise]));
        if (_ranks.Count < 2) return;
        _next = bar.BarNumber + _every;
        _ranks.Sort((a, b) => b.Rise != a.Rise ? b.Rise.CompareTo(a.Rise) : a.Symbol.Number.CompareTo(b.Symbol.Number));

        // A short list is parted in the middle where both ends are held.
        var held = Math.Min(_top, _shorts ? _ranks.Count / 2 : _ranks.Count);
        for (var i = 0; i < _ranks.Count; i++)
        {
            var symbol = _ranks[i].Symbol;
            if (symbol.IsLong && i >= held) symbol.Exit(Side.Buy);
            if (symbol.IsShort && i < _ranks.Count - held) symbol.Exit(Side.Sell);
        }
        var share = new EntryOptions { SizeFactor = 1.0 / (_shorts ? 2 * held : held) };
        for (var i = 0; i < held; i++)
        {
            if (_ranks[i].Symbol is { IsLong: false } best) best.Enter(Side.Buy, share);
            if (_shorts && _ranks[^(i + 1)].Symbol is { IsShort: false } worst) worst.Enter(Side.Sell, share);
        }
    }
}
