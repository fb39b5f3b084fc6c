using System.Globalization;
using Granary.Engine;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Why;

/// <summary>A recorded replay of a strategy, and of the portfolio that decided on its signals.</summary>
internal sealed class WhyReplay
{
    private WhyReplay(StrategyTape tape, PortfolioTape? portfolio, string? missing) =>
        (Tape, Portfolio, Missing) = (tape, portfolio, missing);

    internal StrategyTape Tape { get; }

    /// <summary>The recorded portfolio; null if it was not replayed.</summary>
    internal PortfolioTape? Portfolio { get; }

    /// <summary>Why the portfolio was not replayed, one sentence; null if it was.</summary>
    internal string? Missing { get; }

    /// <summary>Signals of the strategy that the portfolio decided on before the first one of the tape.</summary>
    public int DecidedBefore { get; init; }

    /// <summary>The replayed decision on a signal of the tape; null if the portfolio was not asked or not replayed.</summary>
    internal DecidedEntry? DecidedOn(int number) => Portfolio?.Decided.GetValueOrDefault(number + DecidedBefore);

    /// <summary>Records a strategy whose portfolio was recorded apart.</summary>
    /// <param name="portfolio">The recorded portfolio, or why there is none, and <see cref="DecidedBefore"/>.</param>
    internal static async Task<WhyReplay> OfAsync(StrategyPass pass, StrategyInstance instance, long around, (PortfolioTape? Tape,
        string? Missing, int DecidedBefore) portfolio, CancellationToken cancellationToken) =>
        new(await TapeRun.RecordAsync(pass.Plan, pass.Markets, instance, around, cancellationToken).ConfigureAwait(false), portfolio.Tape,
            portfolio.Missing)
        { DecidedBefore = portfolio.DecidedBefore };

    /// <summary>Runs a strategy and its portfolio again and records both.</summary>
    /// <param name="instance">The strategy, in a plan with its model.</param>
    /// <param name="around">A time of the bars to keep, UTC ticks; 0 = from the first bar on.</param>
    /// <param name="portfolio">How to replay the portfolio.</param>
    /// <exception cref="InputException">The strategy failed.</exception>
    public static async Task<WhyReplay> RecordAsync(StrategyPass pass, StrategyInstance instance, long around, PortfolioChoice portfolio,
        CancellationToken cancellationToken = default)
    {
        var tape = await TapeRun.RecordAsync(pass.Plan, pass.Markets, instance, around, cancellationToken).ConfigureAwait(false);
        return new WhyReplay(tape, portfolio.Missing is not null ? null
            : await PortfolioReplay.RecordAsync(pass, instance, portfolio, cancellationToken).ConfigureAwait(false), portfolio.Missing);
    }

    /// <summary>Returns the replay without its portfolio if that decided otherwise than was recorded.</summary>
    /// <param name="recordedOf">Returns the recorded decision on a signal; null if it is not known.</param>
    public WhyReplay Checked(Func<int, string?> recordedOf)
    {
        if (Portfolio is null) return this;
        foreach (var (number, decided) in Portfolio.Decided)
            if (recordedOf(number) is { } word && !CanBecome(decided.Decision, word))
                return new WhyReplay(Tape, null, string.Create(CultureInfo.InvariantCulture, $"The portfolio is not shown: run again, it "
                    + $"decides '{decided.Decision.Word}' on signal {number}, and '{word}' is recorded."));
        return this;
    }

    // A fill without cash, a bar without volume, the strategy's own account, the end of its symbol or an operator may end an accepted entry
    // later.
    private static bool CanBecome(Decision decided, string recorded) => decided.Word == recorded
        || decided.IsAccepted && Decision.Of(recorded) is var d && (d == Decision.StrategyRefused || d == Decision.NoCash
            || d == Decision.VolumeTaken || d == Decision.Expired || d == Decision.Paused)
        || decided == Decision.NoQuantity && recorded == Decision.NoStop.Word;
}
