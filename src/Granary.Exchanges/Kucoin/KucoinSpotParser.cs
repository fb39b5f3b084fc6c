using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Kucoin;

/// <summary>Parses KuCoin's spot messages to the adapter's types.</summary>
internal static class KucoinSpotParser
{
    /// <summary>Parses an entry of <c>GET /api/v2/symbols</c>.</summary>
    public static VenueInstrument Instrument(JsonElement symbol) => new()
    {
        Symbol = symbol.Text("symbol"),
        Listed = symbol.Text("symbol"),
        Base = symbol.Text("baseCurrency"),
        Quote = symbol.Text("quoteCurrency"),
        Tick = symbol.Decimal("priceIncrement"),
        Lot = symbol.Decimal("baseIncrement"),
        MinQuantity = symbol.Decimal("baseMinSize"),
        MaxQuantity = symbol.Decimal("baseMaxSize"),
        MinNotional = symbol.Decimal("minFunds"),
        IsTrading = symbol.Flag("enableTrading"),
    };

    /// <summary>Parses an order of <c>/api/v1/hf/orders</c>.</summary>
    public static VenueOrderState Order(JsonElement order)
    {
        var filled = order.Decimal("dealSize");
        var state = order.Flag("active") ? filled > 0 ? OrderState.PartiallyFilled : OrderState.Submitted
            : order.Flag("cancelExist") || filled < order.Decimal("size") ? OrderState.Cancelled : OrderState.Filled;
        return new VenueOrderState(order.Text("clientOid"), order.Text("id"), order.Text("symbol"), state, filled,
            state == OrderState.Cancelled ? "cancelled at KuCoin" : "");
    }

    /// <summary>Parses an order of <c>/api/v1/stop-order</c>, which is either not triggered yet, or has become another order.</summary>
    public static VenueOrderState StopOrder(JsonElement order) => new(order.Text("clientOid"), order.Text("id"), order.Text("symbol"),
        order.Text("status") is "CANCELLED" or "CANCELED" or "FAILED" ? OrderState.Cancelled : OrderState.Submitted, 0, "");

    /// <summary>Parses an item of <c>GET /api/v1/hf/fills</c>.</summary>
    public static VenueFill Fill(JsonElement fill) => new(fill.Text("tradeId"), fill.Text("orderId"), fill.Text("symbol"),
        fill.Text("side") == "buy" ? Side.Buy : Side.Sell, fill.Decimal("price"), fill.Decimal("size"), fill.Decimal("fee"),
        fill.Text("feeCurrency"), JsonFields.Milliseconds(fill.Whole("createdAt")));

    /// <summary>Parses a websocket message; null if it is not relevant.</summary>
    public static VenueNews? News(JsonElement message)
    {
        if (message.Text("type") != "message") return null;
        var (topic, data) = (message.Text("topic"), message.GetProperty("data"));
        if (topic.StartsWith("/spotMarket/tradeOrders", StringComparison.Ordinal)) return new VenueNews { Order = OrderChange(data) };
        if (topic == "/spotMarket/advancedOrders")
            return data.Text("type") != "cancel" ? null : new VenueNews
            {
                Order = new VenueOrderState("", data.Text("orderId"), data.Text("symbol"), OrderState.Cancelled, 0, "cancelled at KuCoin"),
            };
        if (topic.StartsWith("/market/ticker:", StringComparison.Ordinal))
            return new VenueNews { Listed = topic["/market/ticker:".Length..], Price = data.Decimal("price") };
        return null;
    }

    private static VenueOrderState OrderChange(JsonElement data)
    {
        var filled = data.Decimal("filledSize");
        var state = data.Text("type") switch
        {
            "filled" => OrderState.Filled,
            "canceled" => OrderState.Cancelled,
            "update" when data.Text("status") == "done" => OrderState.Cancelled,
            _ => filled > 0 ? OrderState.PartiallyFilled : OrderState.Submitted,
        };
        return new VenueOrderState(data.Text("clientOid"), data.Text("orderId"), data.Text("symbol"), state, filled,
            state == OrderState.Cancelled ? "cancelled at KuCoin" : "");
    }
}
