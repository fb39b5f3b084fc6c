namespace Granary.Engine.Portfolio.Rules;

/// <summary>A limit of the portfolio. It refuses entries, bounds the value of positions, or both.</summary>
/// <remarks>
/// The portfolio asks its rules by <see cref="PortfolioRuleAttribute.Order"/>, and the first one that refuses an entry determines the
/// decision. Each portfolio creates its own instances. A rule must not read clocks, files or static state.
/// </remarks>
public interface IPortfolioRule
{
    /// <summary>Checks settings that are right each by itself and do not fit together.</summary>
    /// <exception cref="ArgumentException">They do not; one sentence.</exception>
    void Check()
    {
    }

    /// <summary>Symbols in the settings. A batch without one of them is refused.</summary>
    IEnumerable<string> NamedSymbols => [];

    /// <summary>
    /// Ids of strategies in the settings, or beginnings of ids with a <c>*</c>. A batch in which one matches nothing is refused.
    /// </summary>
    IEnumerable<string> NamedStrategies => [];

    /// <summary>The portfolio begins. Called once, before all others but those above.</summary>
    /// <returns>What the portfolio asks from now on: the rule itself, or several rules in its place.</returns>
    IReadOnlyList<IPortfolioRule> Begin(RuleContext context) => [this];

    /// <summary>Whether the rule admits an entry of any size. Called once for each signal.</summary>
    bool Admits(in EntryRequest entry, IPortfolioView portfolio) => true;

    /// <summary>The value that the rule bounds, and its bound.</summary>
    /// <returns><see cref="ValueBound.None"/> where the rule bounds nothing in this scope.</returns>
    ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => ValueBound.None;

    /// <summary>How much of the limit is used now. The page of a live account shows it.</summary>
    /// <param name="portfolio">In a live session the broker's account, not the portfolio that the session decides by.</param>
    /// <returns>Nothing if the rule has no such figures.</returns>
    IEnumerable<RuleUse> Uses(IPortfolioView portfolio) => [];

    /// <summary>The portfolio was valued at the closes of a time slice.</summary>
    /// <param name="day">UTC days since 0001-01-01.</param>
    void OnRevalued(long day, IPortfolioView portfolio)
    {
    }

    /// <summary>A new UTC day has begun, and the returns of the days before it are known.</summary>
    /// <param name="day">UTC days since 0001-01-01.</param>
    void OnNewDay(long day, IPortfolioView portfolio)
    {
    }

    /// <summary>The last time slice of a backtest is over.</summary>
    /// <returns>What the reader of the result should know about the limit, one sentence; null for nothing.</returns>
    string? NoteAtEnd(IPortfolioView portfolio) => null;
}
