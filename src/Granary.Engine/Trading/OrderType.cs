namespace Granary.Engine.Trading;

/// <summary>
/// When an order fills. <see cref="OrderTypes"/> says what types have in common, and <see cref="Execution.FillRule"/> at which price.
/// </summary>
public enum OrderType : byte
{
    /// <summary>At the next bar's open.</summary>
    Market,
    /// <summary>At its price or better.</summary>
    Limit,
    /// <summary>A market order once its price trades.</summary>
    Stop,
    /// <summary>A limit order once its stop price trades.</summary>
    StopLimit,
    /// <summary>A stop that follows the best close since the entry.</summary>
    TrailingStop,
    /// <summary>At the next bar's close.</summary>
    MarketOnClose,
}

/// <summary>What order types have in common. All that holds accounts asks here.</summary>
public static class OrderTypes
{
    /// <summary>Whether it takes the market's price, at an open or a close: it waits for no price of its own.</summary>
    public static bool IsAtMarket(this OrderType type) => type is OrderType.Market or OrderType.MarketOnClose;

    /// <summary>Whether it never fills at a worse price than its limit.</summary>
    public static bool HasLimit(this OrderType type) => type is OrderType.Limit or OrderType.StopLimit;

    /// <summary>Whether a price has to trade before it works.</summary>
    public static bool HasStop(this OrderType type) => type is OrderType.Stop or OrderType.StopLimit;

    /// <summary>As files write it: "stop-limit".</summary>
    public static string Word(this OrderType type) => type switch
    {
        OrderType.Market => "market",
        OrderType.Limit => "limit",
        OrderType.Stop => "stop",
        OrderType.StopLimit => "stop-limit",
        OrderType.TrailingStop => "trailing-stop",
        _ => "market-on-close",
    };
}
