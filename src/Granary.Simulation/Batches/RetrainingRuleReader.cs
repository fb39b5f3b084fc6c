using Granary.Engine.Market;
using Granary.Learning.Retraining;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads <c>retrain</c>: the schedule for retraining a strategy's model, and the maximum age of a version.</summary>
internal static class RetrainingRuleReader
{
    public static RetrainingRule Read(JsonPart part, LabelSpec label)
    {
        part.Only("trades", "days", "lateness", "level", "challenger", "expire");
        if (label.Kind == LabelKind.Drawdown)
            part.Wrong("a model of the drawdown belongs to the portfolio, not to a strategy, and is trained by 'walkForward'; leave "
                + "'retrain' out", 0);
        var (trades, days) = (part.Find("trades")?.Whole(1, 1_000_000), part.Find("days")?.Whole(1, 10_000));
        if (trades is null == days is null && !part.IsFaulty)
            part.Wrong("a retraining comes after a number of closed trades or of days; give one of 'trades' and 'days'", 0);
        var expire = part.Find("expire") is { } e ? Expiry(e) : null;
        var rule = new RetrainingRule(trades, trades is null ? days ?? 1 : null, part.Find("lateness") is { } late ? Lateness(late) : 0,
            part.Find("level")?.Number(0.0001, 0.5) ?? 0.05, part.Find("challenger")?.Bool() ?? false, expire);
        if (rule.CountsTrades && label.Kind == LabelKind.Volatility)
            part.Wrong("the rule 'stop' changes when trades close, so that their number cannot set the times of the trainings; use 'days', "
                + "and let versions expire by 'bars' or 'days'", 0);
        return rule;
    }

    private static VersionExpiry Expiry(JsonPart part)
    {
        part.Only("bars", "trades", "days");
        var expiry = new VersionExpiry(part.Find("bars")?.Whole(1, 100_000_000), part.Find("trades")?.Whole(1, 1_000_000),
            part.Find("days")?.Whole(1, 10_000));
        return expiry != new VersionExpiry() || part.IsFaulty ? expiry
            : part.Wrong("a version expires by its age; give 'bars', 'trades' or 'days', or leave 'expire' out", expiry);
    }

    private static long Lateness(JsonPart part) => CalendarSpan.TryParse(part.String(), out var span) && span.Months == 0 ? span.Ticks
        : part.Wrong($"'{part.String()}' is not a span of hours, days or weeks, such as \"6h\" or \"1d\"", 0L);
}
