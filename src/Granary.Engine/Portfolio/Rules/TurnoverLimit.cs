using System.Globalization;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Limits the notional traded on one UTC day, both sides, to a percentage of the equity. It refuses the entries that are decided on such a
/// day, and no exits.
/// </summary>
[PortfolioRule("maxTurnoverPercent", "Bounds the value traded on one day.", Order = 110, Refusal = "max-turnover",
    RefusalSentence = "As much had been traded on that day as limits.maxTurnoverPercent allows.")]
internal sealed class TurnoverLimit : IPortfolioRule
{
    private long _day = long.MinValue;
    private int _days, _over;
    private double _most;

    [Key("on a UTC day on which this percentage of the equity was traded, purchases plus sales"), Range(0, 1e6)]
    public required double MaxTurnoverPercent { get; init; }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        !(portfolio.Turnover >= MaxTurnoverPercent * (portfolio.Equity / 100));

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => scope.CountsReserved
        ? new(portfolio.Turnover + portfolio.ReservedValue, MaxTurnoverPercent * (portfolio.Equity / 100))
        : ValueBound.None;

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.OfEquity("Traded today", portfolio.Turnover, MaxTurnoverPercent, portfolio)];

    /// <inheritdoc/>
    public void OnRevalued(long day, IPortfolioView portfolio)
    {
        if (day != _day) EndDay(portfolio);
        _day = day;
    }

    /// <inheritdoc/>
    public string? NoteAtEnd(IPortfolioView portfolio)
    {
        EndDay(portfolio);
        return _over == 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"limits.maxTurnoverPercent is {MaxTurnoverPercent}, and {_over:N0} of {_days:N0} days with fills traded more, at most ")
            + string.Create(CultureInfo.InvariantCulture, $"{_most:0.##} % of the equity: exits are not refused, and an entry counts on ")
            + "the day of its decision, which for a daily bar is the day before its fill.";
    }

    private void EndDay(IPortfolioView portfolio)
    {
        if (!(portfolio.Turnover > 0 && portfolio.Equity > 0)) return;
        _days++;
        var percent = portfolio.Turnover / (portfolio.Equity / 100);
        if (!(percent > MaxTurnoverPercent)) return;
        _over++;
        _most = Math.Max(_most, percent);
    }
}
