using Granary.Engine.Portfolio.Rules;

namespace Granary.Backtesting.Why;

/// <summary>A replayed strategy, and the portfolio that decided on its signals.</summary>
/// <param name="Portfolio">null if it was not replayed.</param>
/// <param name="Missing">Why the portfolio was not replayed, one sentence; null if it was.</param>
internal sealed record WhyReplay(StrategyTape Tape, PortfolioTape? Portfolio, string? Missing)
{
    /// <summary>Returns the replay without its portfolio if that decided otherwise than was recorded.</summary>
    /// <param name="recordedOf">Returns the recorded decision on a signal; null if it is not known.</param>
    public WhyReplay Checked(Func<int, string?> recordedOf)
    {
        if (Portfolio is null) return this;
        foreach (var (number, decided) in Portfolio.Decided)
            if (recordedOf(number) is { } word && !CanBecome(decided.Decision, word))
                return this with
                {
                    Portfolio = null,
                    Missing = $"The portfolio is not shown: run again, it decides '{decided.Decision.Word}' on signal {number}, and "
                        + $"'{word}' is recorded.",
                };
        return this;
    }

    // A fill without cash, a bar without volume, the strategy's own account or the end of its symbol may end an accepted entry later.
    private static bool CanBecome(Decision decided, string recorded) => decided.Word == recorded
        || decided.IsAccepted && Decision.Of(recorded) is var d && (d == Decision.StrategyRefused || d == Decision.NoCash
            || d == Decision.VolumeTaken || d == Decision.Expired)
        || decided == Decision.NoQuantity && recorded == Decision.NoStop.Word;
}
