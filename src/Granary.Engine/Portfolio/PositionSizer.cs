using Granary.Engine.Numerics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>Sizes what the portfolio accepts.</summary>
/// <param name="returns">Needed for a volatility target.</param>
/// <param name="history">Needed for Kelly's formula.</param>
internal sealed class PositionSizer(PortfolioSizing sizing, PortfolioAccount account, DailyReturns? returns, TradeHistory? history)
{
    private double _totalWeight = double.NaN;

    /// <summary>Sum of the members' weights; NaN = to be summed again.</summary>
    public double TotalWeight
    {
        get => double.IsNaN(_totalWeight) ? _totalWeight = account.SumOfWeights() : _totalWeight;
        set => _totalWeight = value;
    }

    /// <summary>The quantity for a signal, base units before rounding.</summary>
    /// <returns>false where the rule cannot size it; <paramref name="refusal"/> says why.</returns>
    public bool TrySize(in EntryRequest entry, out double quantity, out Decision refusal)
    {
        refusal = Decision.NotEnoughHistory;
        var (signal, equity) = (entry.Signal, account.EquityWithFills);
        var weight = account.Member(entry.Member).Weight;
        var multiplier = account.InstrumentOf(entry.Market).Multiplier * account.RateOf(entry.Market);
        var (factor, unit) = (weight * signal.SizeFactor, signal.Price * multiplier);
        switch (sizing.Kind)
        {
            case PortfolioSizeKind.Strategy:
                quantity = signal.Quantity * weight * signal.SizeFactor * ShareOf(signal, entry.Market);
                break;
            case PortfolioSizeKind.Units:
                quantity = sizing.Value * factor;
                break;
            case PortfolioSizeKind.Cash:
                quantity = sizing.Value * factor / unit;
                break;
            case PortfolioSizeKind.PercentOfEquity:
                quantity = equity * sizing.Value / 100 * factor / unit;
                break;
            case PortfolioSizeKind.RiskPercent:
                refusal = Decision.NoStop;
                quantity = signal.Stop > 0 && signal.Stop != signal.Price
                    ? equity * sizing.Value / 100 * factor / (Math.Abs(signal.Price - signal.Stop) * multiplier)
                    : double.NaN;
                break;
            case PortfolioSizeKind.VolatilityTarget:
                var volatility = returns!.Volatility(entry.Market, account.InstrumentOf(entry.Market).TradingDaysPerYear);
                quantity = volatility > 0 ? equity * Math.Min(sizing.Value / 100 / volatility, sizing.Cap / 100) * factor / unit
                    : double.NaN;
                break;
            case PortfolioSizeKind.Kelly:
                var kelly = history!.OfMember(entry.Member).Kelly(sizing.Trades, sizing.MinTrades);
                quantity = double.IsNaN(kelly) ? kelly
                    : equity * Math.Clamp(sizing.Value * kelly, 0, sizing.Cap / 100) * factor / unit;
                break;
            default:
                throw new InvalidOperationException($"unknown size rule {sizing.Kind}");
        }
        return !double.IsNaN(quantity);
    }

    // A size that a strategy takes of its equity is taken of the portfolio's. Where the weights make more than the account may hold,
    // each member has a share by weight, and a size beyond the share is cut to it.
    private double ShareOf(in Signal signal, int market)
    {
        if (!(signal.SizedOn > 0)) return 1;
        var ratio = account.EquityWithFills / signal.SizedOn;
        // Two sums of the same account in different order.
        if (Math.Abs(ratio - 1) < Tolerance.Amount) ratio = 1;
        var shares = TotalWeight / Math.Max(1, account.Execution.Leverage);
        var sized = account.MarketAt(market).Power.Outlay(signal.Price, signal.Quantity) * account.RateOf(market) / signal.SizedOn * shares;
        // With one share the strategy's own account has bounded the size; rounding may have made it slightly more.
        return shares > 1 && sized > 1 ? ratio / sized : ratio;
    }
}
