namespace Granary.Engine.Trading;

/// <summary>Options of an entry that differ from a market order with the batch's stop and target. Zero means "not set".</summary>
public readonly record struct EntryOptions
{
    /// <summary>The order type; other types than the market order use the prices below.</summary>
    public OrderType Type { get; init; }

    /// <summary>The worst price of a limit or stop-limit order.</summary>
    public double LimitPrice { get; init; }

    /// <summary>The price that triggers a stop or stop-limit order.</summary>
    public double StopPrice { get; init; }

    /// <summary>A stop price for the trade, instead of the batch's percentage.</summary>
    public double StopLoss { get; init; }

    /// <summary>A target price for the trade, instead of the batch's percentage.</summary>
    public double TakeProfit { get; init; }

    /// <summary>A trailing stop in percent, instead of the batch's.</summary>
    public double TrailingStopPercent { get; init; }

    /// <summary>Base units, instead of the batch's size rule.</summary>
    public double Quantity { get; init; }

    /// <summary>A multiple of the batch's size rule, as 0.2 for one of five equal positions; 0 means 1.</summary>
    public double SizeFactor { get; init; }

    /// <summary>The time that the entry waits for its fill.</summary>
    public TimeInForce TimeInForce { get; init; }

    /// <summary>With <see cref="TimeInForce.GoodTillDate"/>: the last bar open on which the order can trade, UTC ticks.</summary>
    public long ExpiresAt { get; init; }
}

/// <summary>A manual order, which nets against open trades, in addition to the entries and exits that the book makes.</summary>
/// <param name="Side">Buy or sell.</param>
/// <param name="Quantity">Base units.</param>
public readonly record struct OrderRequest(Side Side, double Quantity)
{
    /// <summary>The order type; other types than the market order use the prices below.</summary>
    public OrderType Type { get; init; }

    /// <summary>The worst price of a limit or stop-limit order.</summary>
    public double LimitPrice { get; init; }

    /// <summary>The price that triggers a stop or stop-limit order.</summary>
    public double StopPrice { get; init; }

    /// <summary>The time that the order waits for its fill.</summary>
    public TimeInForce TimeInForce { get; init; }

    /// <summary>With <see cref="TimeInForce.GoodTillDate"/>: the last bar open on which the order can trade, UTC ticks.</summary>
    public long ExpiresAt { get; init; }

    /// <summary>Orders of one group cancel one another; 0 = none.</summary>
    public int OcoGroup { get; init; }

    /// <summary>Whether the order is cut to what the account can pay for at its fill, instead of being refused.</summary>
    public bool FitsCash { get; init; }
}
