namespace Granary.Engine.Trading;

/// <summary>The condition under which an order fills. <see cref="OrderTypes"/> has common properties of the types.</summary>
public enum OrderType : byte
{
    /// <summary>Fills at the next bar's open.</summary>
    Market,
    /// <summary>Fills at its price or better.</summary>
    Limit,
    /// <summary>Becomes a market order once its price trades.</summary>
    Stop,
    /// <summary>Becomes a limit order once its stop price trades.</summary>
    StopLimit,
    /// <summary>A stop that follows the best close since the entry.</summary>
    TrailingStop,
    /// <summary>Fills at the next bar's close.</summary>
    MarketOnClose,
}

/// <summary>Properties of order types, shared by all accounts.</summary>
internal static class OrderTypes
{
    /// <summary>Whether it fills at the market's price, at an open or a close, without a price of its own.</summary>
    public static bool IsAtMarket(this OrderType type) => type is OrderType.Market or OrderType.MarketOnClose;

    /// <summary>Whether it never fills at a worse price than its limit.</summary>
    public static bool HasLimit(this OrderType type) => type is OrderType.Limit or OrderType.StopLimit;

    /// <summary>Whether a price must trade before it works.</summary>
    public static bool HasStop(this OrderType type) => type is OrderType.Stop or OrderType.StopLimit;

    /// <summary>The name of the type in files: "stop-limit".</summary>
    public static string Word(this OrderType type) => type switch
    {
        OrderType.Market => "market",
        OrderType.Limit => "limit",
        OrderType.Stop => "stop",
        OrderType.StopLimit => "stop-limit",
        OrderType.TrailingStop => "trailing-stop",
        OrderType.MarketOnClose => "market-on-close",
    };
}
