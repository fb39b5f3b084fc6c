namespace Granary.Engine.Portfolio.Rules;

/// <summary>A limit of the portfolio. It refuses entries, bounds the value of positions, or both.</summary>
/// <remarks>
/// The portfolio checks its rules in a fixed order, and the first one that refuses an entry determines the decision. Rules of the catalogue
/// are checked last, ordered by name. Each portfolio creates its own instances. A rule must not read clocks, files or static state.
/// </remarks>
public interface IPortfolioRule
{
    /// <summary>The decision on an entry that this rule refuses.</summary>
    Decision Refusal => Decision.Rule;

    /// <summary>Whether the rule admits an entry of any size. Called once for each signal.</summary>
    bool Admits(in EntryRequest entry, IPortfolioView portfolio) => true;

    /// <summary>The value that the rule bounds, and its bound.</summary>
    /// <returns><see cref="ValueBound.None"/> where the rule bounds nothing in this scope.</returns>
    ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => ValueBound.None;

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
}
