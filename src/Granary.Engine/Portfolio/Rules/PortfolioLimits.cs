using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>When the limits of a portfolio are checked.</summary>
public enum LimitCheck
{
    /// <summary>Only when a signal is decided; price changes may exceed a limit.</summary>
    Signal,
    /// <summary>
    /// At every bar and at any price. Accepted signals that are not filled yet count in all limits. A fill is cut to the remaining room. If
    /// price changes exceed a limit, the excess is closed at the bar's close.
    /// </summary>
    EveryBar,
}

/// <summary>Limits of the portfolio: its rules, and the keys that belong to none of them.</summary>
public sealed record PortfolioLimits
{
    /// <summary>Trades without a stop are not limited.</summary>
    [Key("never; it reduces the quantity so that a loss of the stop distance costs at most this percentage of the equity"), Range(0, 100)]
    public double? RiskPercent { get; init; }

    [Key("never; the days of returns from which correlations and volatilities are computed"), Range(10, 10_000)]
    public int Days { get; init; } = 60;

    [Key("`signal`: limits are checked at signals only. `every-bar`: also at fills with a worse price, and at each close, where the excess "
        + "is closed by market orders (`exit_reason` `limit`)")]
    public LimitCheck Enforce { get; init; }

    /// <summary>The rules that the batch selects; at one place in the order in which they are asked.</summary>
    public IReadOnlyList<ChosenRule> Rules { get; init; } = [];

    /// <summary>Limits with some rules.</summary>
    public static PortfolioLimits Of(params IReadOnlyList<ChosenRule> rules) => new() { Rules = rules };
}
