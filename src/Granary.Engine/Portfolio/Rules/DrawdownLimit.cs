namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Refuses entries while the drawdown has reached a percentage. Entries can resume at a smaller drawdown, or after a number of days.
/// </summary>
/// <param name="resumePercent">
/// Entries resume once the drawdown is at most this; null = once it is less than <paramref name="percent"/>.
/// </param>
/// <param name="resumeAfterDays">
/// The number of UTC days after which entries resume at the latest; that equity then becomes the peak. Null = no such time.
/// </param>
internal sealed class DrawdownLimit(double percent, double? resumePercent, int? resumeAfterDays, EquityPeak peak) : IPortfolioRule
{
    private long? _haltedOn;

    public Decision Refusal => Decision.MaxDrawdown;

    private bool Resumes => resumePercent is not null || resumeAfterDays is not null;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        Resumes ? _haltedOn is null : !(peak.Drawdown(portfolio.Equity) * 100 >= percent);

    public void OnRevalued(long day, IPortfolioView portfolio)
    {
        if (!Resumes) return;
        var drawdown = peak.Drawdown(portfolio.Equity) * 100;
        if (_haltedOn is not { } since)
        {
            if (drawdown >= percent) _haltedOn = day;
        }
        else if (resumePercent is { } resume ? drawdown <= resume : drawdown < percent)
        {
            _haltedOn = null;
        }
        else if (resumeAfterDays is { } days && day - since >= days)
        {
            peak.Restart(portfolio.Equity);
            _haltedOn = null;
        }
    }
}
