namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Refuses entries while the equity is a percentage below its peak. It can resume at a smaller drawdown, or after some days.
/// </summary>
/// <param name="resumePercent">
/// Entries resume where the drawdown is no more than this; null = where it is less than <paramref name="percent"/>.
/// </param>
/// <param name="resumeAfterDays">
/// Entries resume after so many UTC days at the latest, and the peak starts again at that equity; null = never for that reason.
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
