using System.Text.Json;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Gateio;

/// <summary>Parses the messages of Gate.io's futures market to the adapter's types, and converts contracts to base units.</summary>
internal static class GateioFuturesParser
{
    /// <summary>Parses an entry of <c>GET /futures/usdt/contracts</c>.</summary>
    public static VenueInstrument Instrument(JsonElement contract)
    {
        var (name, size) = (contract.Text("name"), contract.Decimal("quanto_multiplier"));
        return new VenueInstrument
        {
            Symbol = name,
            Listed = name,
            Base = name.Split('_')[0],
            Quote = name.Split('_')[^1],
            Tick = contract.Decimal("order_price_round"),
            Lot = size,
            MinQuantity = contract.Decimal("order_size_min") * size,
            MaxQuantity = contract.Decimal("order_size_max") * size,
            Contract = size,
            MaxLeverage = contract.Decimal("leverage_max"),
            IsTrading = !contract.Flag("in_delisting") && contract.Text("status") is "" or "trading",
            IsInverse = contract.Text("type") == "inverse",
        };
    }

    /// <summary>Returns the side of a number of contracts, which is negative for a sell.</summary>
    public static Side SideOf(decimal size) => size < 0 ? Side.Sell : Side.Buy;

    /// <summary>Parses an order of <c>/futures/usdt/orders</c>, or of the channel <c>futures.orders</c>.</summary>
    /// <param name="contract">Returns the base units per contract by the contract's name.</param>
    public static VenueOrderState Order(JsonElement order, Func<string, decimal> contract)
    {
        var filled = Math.Abs(order.Decimal("size")) - Math.Abs(order.Decimal("left"));
        var state = order.Text("status") switch
        {
            "finished" => order.Text("finish_as") == "filled" ? OrderState.Filled : OrderState.Cancelled,
            _ => filled > 0 ? OrderState.PartiallyFilled : OrderState.Submitted,
        };
        return new VenueOrderState(GateioVenue.ClientId(order), order.Text("id"), order.Text("contract"), state,
            filled * contract(order.Text("contract")), state == OrderState.Cancelled ? $"Gate.io: {order.Text("finish_as")}" : "");
    }

    /// <summary>Parses a trade of <c>/futures/usdt/my_trades</c>, of <c>my_trades_timerange</c>, or of the channel
    /// <c>futures.usertrades</c>.</summary>
    /// <inheritdoc cref="Order"/>
    public static VenueFill Fill(JsonElement trade, Func<string, decimal> contract)
    {
        var (fee, currency) = trade.Decimal("point_fee") is not 0 and var points ? (points, "POINT") : (trade.Decimal("fee"), "USDT");
        var size = trade.Decimal("size");
        var at = trade.Decimal("create_time_ms") is > 0 and var ms ? ms : trade.Decimal("create_time") * 1000;
        return new VenueFill(trade.Text("trade_id") is { Length: > 0 } id ? id : trade.Text("id"), trade.Text("order_id"),
            trade.Text("contract"), SideOf(size), trade.Decimal("price"), Math.Abs(size) * contract(trade.Text("contract")), fee, currency,
            DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds((double)at));
    }

    /// <summary>Whether the exchange initiated a trade: a liquidation or automatic deleveraging.</summary>
    public static bool IsForced(JsonElement trade) => trade.Text("text") is var text && !text.StartsWith(GateioVenue.Custom,
        StringComparison.Ordinal) && (text.Contains("liq", StringComparison.Ordinal) || text is "auto_deleveraging" or "insurance");

    /// <summary>Parses an entry of <c>GET /futures/usdt/account_book</c>; a negative amount was paid.</summary>
    public static FundingPayment Funding(JsonElement entry) => new(
        // Old entries have no id.
        entry.Text("id") is { Length: > 0 } id ? id : $"{entry.Text("contract")}-{entry.Text("time")}", entry.Text("contract"),
        entry.Decimal("change"), DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds((double)entry.Decimal("time")));

    /// <summary>Parses an entry of <c>GET /futures/usdt/funding_rate</c>.</summary>
    public static FundingRow FundingRate(JsonElement entry) => FundingRow.At(
        DateTimeOffset.FromUnixTimeSeconds(entry.Whole("t")).UtcTicks, (double)entry.Decimal("r"));

    /// <summary>Parses a candle of <c>GET /futures/usdt/candlesticks</c>.</summary>
    /// <param name="contract">Base units per contract.</param>
    public static Bar Candle(JsonElement candle, decimal contract) => new(
        DateTimeOffset.FromUnixTimeSeconds(candle.Whole("t")).UtcTicks, (double)candle.Decimal("o"), (double)candle.Decimal("h"),
        (double)candle.Decimal("l"), (double)candle.Decimal("c"), (double)(candle.Decimal("v") * contract));

    /// <summary>Parses the news in a message of the websocket.</summary>
    /// <inheritdoc cref="Order"/>
    public static IEnumerable<VenueNews> News(JsonElement message, Func<string, decimal> contract)
    {
        if (message.Text("event") != "update") return [];
        var result = message.GetProperty("result").EnumerateArray();
        return message.Text("channel") switch
        {
            "futures.orders" => result.Select(o => new VenueNews { Order = Order(o, contract) }),
            "futures.usertrades" => result.Select(t => new VenueNews { Fill = Fill(t, contract) }),
            "futures.tickers" => result.Select(t => new VenueNews { Listed = t.Text("contract"), Price = t.Decimal("last") }),
            _ => [],
        };
    }
}
