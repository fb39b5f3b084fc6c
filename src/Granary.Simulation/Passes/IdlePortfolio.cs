using System.Globalization;
using Granary.Engine.Portfolio.Rules;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>
/// Says why a portfolio never held a position. Its figures are then of cash alone, so no sentence may read as one about trading.
/// </summary>
/// <param name="Why">The reason, as a part of a sentence.</param>
/// <param name="IsEarly">Whether signals came before the portfolio traded.</param>
internal sealed record IdlePortfolio(string Why, bool IsEarly)
{
    /// <summary>The remedy for signals that came before the portfolio traded.</summary>
    internal const string Remedy = "The portfolio does not take over a position that is open in a strategy's own account: let it trade "
        + "earlier (portfolio.rebalance.window, portfolio.from), give the weights, or use strategies that enter again.";

    /// <param name="members">Number of strategies that ever have a weight.</param>
    /// <param name="counts">Number of their signals by decision.</param>
    /// <param name="early">Number of signals that came before the portfolio traded.</param>
    /// <param name="begin">When it began to trade, UTC ticks; null if unknown.</param>
    public static IdlePortfolio Of(int members, IReadOnlyDictionary<Decision, long> counts, long early, long? begin)
    {
        if (members == 0) return new IdlePortfolio("no strategy has a weight", false);
        var signals = counts.Values.Sum();
        if (signals == 0)
            return new IdlePortfolio(members == 1 ? "its strategy made no signal" : "none of its strategies made a signal", false);
        var parts = new List<string>();
        if (early > 0) parts.Add(Text($"{early:N0} came {Before(begin)}"));
        foreach (var (decision, count) in counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, Decision.ByTable))
            if (decision.IsAccepted) parts.Add(Text($"{count:N0} {(count == 1 ? "was" : "were")} accepted and never filled"));
            else if (decision != Decision.WeightZero)
                parts.Add(Text($"{count:N0} {(count == 1 ? "was" : "were")} refused ({decision.Title})"));
            else if (count > early) parts.Add(Text($"{count - early:N0} came while their strategy had no weight"));
        return new IdlePortfolio(Text($"of {Counted.Of(signals, "signal")} of its strategies, {string.Join(", ", parts)}"), early > 0);
    }

    /// <summary>The finding of a check that has nothing to check.</summary>
    public string Finding => "the portfolio never held a position: " + Why;

    /// <summary>A note on it.</summary>
    public RunNote ToNote() =>
        new(NoteCode.NoTrades, $"The portfolio never held a position: {Why}.{(IsEarly ? " " + Remedy : "")}");

    /// <summary>The words for a time before the portfolio traded.</summary>
    internal static string Before(long? begin) => "before the portfolio traded" + (begin is { } time
        ? ", which it does from " + new DateTime(time, DateTimeKind.Utc).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + " on" : "");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
