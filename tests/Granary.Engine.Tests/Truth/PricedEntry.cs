using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Truth;

/// <summary>
/// In by a limit below the signal's close, a stop above it, or a stop with a limit further up; out at −1, which also cancels.
/// </summary>
internal sealed class PricedEntry(BacktraderCase given) : CaseStrategy(given)
{
    protected override void OnSignal(StrategyContext bar, int signal)
    {
        if (signal < 0)
        {
            bar.Exit(Side.Buy);
            return;
        }
        var (close, off) = (bar.Close, Case.Number("off"));
        var days = Case.Number("valid_days", 0);
        bar.Enter(Side.Buy, new EntryOptions
        {
            Type = Case.Kind switch { "limit_entry" => OrderType.Limit, "stop_entry" => OrderType.Stop, _ => OrderType.StopLimit },
            LimitPrice = Case.Kind == "limit_entry" ? close * (1 - off) : close * (1 + off * Case.Number("lim_mult", 0)),
            StopPrice = close * (1 + off),
            TimeInForce = days > 0 ? TimeInForce.GoodTillDate : TimeInForce.GoodTillCancelled,
            ExpiresAt = bar.Time.AddDays(days).Ticks,
        });
    }
}
