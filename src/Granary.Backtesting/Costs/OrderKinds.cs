using Granary.Engine.Trading;

namespace Granary.Backtesting.Costs;

/// <summary>Kinds of orders whose fills are left out: they fill at their own price or better, so they have no slippage.</summary>
internal static class OrderKinds
{
    public const string Limit = "of limit orders, which fill at their price or better",
        StopLimit = "of stop-limit orders, which never fill beyond their limit",
        Target = "of targets, which fill at their price or better",
        MarketOnClose = "of market-on-close orders, whose reference is the close at which they fill",
        Liquidation = "of liquidations, which the venue decides";

    /// <summary>Why fills are left out; null for market orders and stops.</summary>
    /// <param name="leg">Empty for the order itself; else the word of its stop, target or liquidation, as in a journal.</param>
    public static string? LeftOut(OrderType type, string leg) => leg switch
    {
        "stop" or "trail" => null,
        "target" => Target,
        "" => type switch
        {
            OrderType.Market or OrderType.Stop => null,
            OrderType.StopLimit => StopLimit,
            OrderType.MarketOnClose => MarketOnClose,
            _ => Limit,
        },
        _ => Liquidation,
    };
}
