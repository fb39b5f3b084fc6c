namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>Factor values and prices of symbols on common dates: what a factor study computes from.</summary>
/// <remarks>
/// The return over h bars of a symbol on date t is price(t + h) / price(t) − 1, over dates of the panel and not over its own bars. It is
/// undefined where one of the prices is, and where t + h is after the panel. A symbol whose bars end between is left at its last close:
/// what it lost until then stays in the study. So is one whose listing or chain of contracts ends, also if another follows under its name.
/// </remarks>
internal sealed class FactorPanel
{
    private readonly int _delay;

    /// <param name="times">Open times of the bars, UTC ticks, ascending.</param>
    /// <param name="symbols">All with as many prices and values as there are times.</param>
    /// <param name="groups">Null if the symbols have no groups.</param>
    /// <param name="delay">0 if a date has the prices of its own bar, 1 if of the next bar.</param>
    public FactorPanel(long[] times, IReadOnlyList<PanelSymbol> symbols, PanelGroups? groups = null, int delay = 0) =>
        (Times, Symbols, Groups, _delay) = (times, symbols, groups, delay);

    /// <summary>Open times of the bars, UTC ticks, ascending.</summary>
    public long[] Times { get; }

    /// <summary>The symbols.</summary>
    public IReadOnlyList<PanelSymbol> Symbols { get; }

    /// <summary>The groups of the symbols; null without groups.</summary>
    public PanelGroups? Groups { get; }

    /// <summary>Returns a factor's value of a symbol on a date; NaN without one.</summary>
    public double Value(int factor, int symbol, int date) => Symbols[symbol].Values[factor][date];

    /// <summary>Returns the return of a symbol over the bars after a date; NaN if it is undefined.</summary>
    public double ForwardReturn(int symbol, int date, int horizon)
    {
        var of = Symbols[symbol];
        var (entry, to) = (of.Prices[date], (long)date + horizon);
        if (to >= Times.Length - _delay || !(entry > 0)) return double.NaN;
        var (last, final) = of.ListingOf(date);
        if (to <= last - _delay) return of.Prices[to] / entry - 1;
        return date < last ? final / entry - 1 : double.NaN;
    }

    /// <summary>Whether the bars of a symbol end before a position of this date and horizon does.</summary>
    public bool EndsWithin(int symbol, int date, int horizon) => Symbols[symbol].ListingOf(date).LastBar is var last && date < last
        && (long)date + horizon > last - _delay && (long)date + horizon < Times.Length - _delay;
}
