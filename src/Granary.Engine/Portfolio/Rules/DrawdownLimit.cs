using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Refuses entries while the drawdown has reached a percentage. Entries can resume at a smaller drawdown, or after a number of days.
/// </summary>
[PortfolioRule("maxDrawdownPercent", "Refuses entries after a drawdown.", Order = 40, Refusal = "max-drawdown",
    RefusalTitle = "drawdown limit", RefusalSentence = "Equity was further below its peak than limits.maxDrawdownPercent.",
    IsLargePercentage = true)]
internal sealed class DrawdownLimit : IPortfolioRule
{
    private EquityPeak _peak = new(0);
    private long? _haltedOn;

    [Key("while the equity is at least this far below its peak"), Range(0, 100)]
    public required double MaxDrawdownPercent { get; init; }

    /// <summary>Entries resume once the drawdown is at most this; null = once it is less than the limit.</summary>
    [Key("never; the drawdown at which entries resume after `maxDrawdownPercent`", Without = "below that limit"), Range(0, 100)]
    public double? ResumeDrawdownPercent { get; init; }

    [Key("never; days after which entries resume at the latest, and the day's equity becomes the peak", Without = "no such time"),
        Range(1, 100_000)]
    public int? ResumeAfterDays { get; init; }

    private bool Resumes => ResumeDrawdownPercent is not null || ResumeAfterDays is not null;

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        _peak = context.Peak;
        return [this];
    }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        Resumes ? _haltedOn is null : !(portfolio.Drawdown * 100 >= MaxDrawdownPercent);

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [new("Drawdown", 100 * portfolio.Drawdown, MaxDrawdownPercent, RuleUnit.Percent)];

    public void OnRevalued(long day, IPortfolioView portfolio)
    {
        if (!Resumes) return;
        var drawdown = portfolio.Drawdown * 100;
        if (_haltedOn is not { } since)
        {
            if (drawdown >= MaxDrawdownPercent) _haltedOn = day;
        }
        else if (ResumeDrawdownPercent is { } resume ? drawdown <= resume : drawdown < MaxDrawdownPercent)
        {
            _haltedOn = null;
        }
        else if (ResumeAfterDays is { } days && day - since >= days)
        {
            _peak.Restart(portfolio.Equity);
            _haltedOn = null;
        }
    }
}
