namespace Granary.Engine.Portfolio.Rules;

/// <summary>Unit of what a rule limits.</summary>
public enum RuleUnit
{
    /// <summary>A number, such as the number of trades.</summary>
    Count,
    /// <summary>Percent, of the equity for values.</summary>
    Percent,
    /// <summary>A multiple of the equity.</summary>
    Multiple,
}

/// <summary>How much of its limit a rule's portfolio uses.</summary>
/// <param name="Title">What is limited, for tables: "All positions".</param>
/// <param name="Used">In the unit, as <paramref name="Allowed"/>.</param>
/// <param name="About">The symbol, strategy or group that the figures are of; null if they are of the whole portfolio.</param>
public readonly record struct RuleUse(string Title, double Used, double Allowed, RuleUnit Unit, string? About = null)
{
    /// <summary>The use of a limit in percent of the equity.</summary>
    /// <param name="value">Account currency.</param>
    /// <param name="percent">The limit.</param>
    public static RuleUse OfEquity(string title, double value, double percent, IPortfolioView portfolio, string? about = null) =>
        new(title, portfolio.Equity > 0 ? 100 * value / portfolio.Equity : 0, percent, RuleUnit.Percent, about);

    /// <summary>The use of a limit that each of several symbols or strategies has: of the one that uses most of it.</summary>
    /// <param name="values">Names and values, account currency.</param>
    /// <param name="percent">The limit, in percent of the equity.</param>
    internal static RuleUse Largest(string title, IEnumerable<(string About, double Value)> values, double percent,
        IPortfolioView portfolio)
    {
        var (about, value) = values.Where(v => v.Value > 0).OrderByDescending(v => v.Value).ThenBy(v => v.About, StringComparer.Ordinal)
            .FirstOrDefault();
        return OfEquity(title, value, percent, portfolio, about);
    }
}
