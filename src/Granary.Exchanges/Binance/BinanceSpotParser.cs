using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Binance;

/// <summary>Parses Binance's spot messages to the adapter's types.</summary>
internal static class BinanceSpotParser
{
    /// <summary>Parses an entry of <c>symbols</c> in <c>GET /api/v3/exchangeInfo</c>.</summary>
    public static VenueInstrument Instrument(JsonElement symbol)
    {
        var filters = symbol.GetProperty("filters").EnumerateArray().ToDictionary(f => f.Text("filterType"), StringComparer.Ordinal);
        decimal Of(string filter, string field) => filters.TryGetValue(filter, out var found) ? found.Decimal(field) : 0;
        return new VenueInstrument
        {
            Symbol = symbol.Text("symbol"),
            Listed = symbol.Text("symbol"),
            Base = symbol.Text("baseAsset"),
            Quote = symbol.Text("quoteAsset"),
            Tick = Of("PRICE_FILTER", "tickSize"),
            Lot = Of("LOT_SIZE", "stepSize"),
            MinQuantity = Of("LOT_SIZE", "minQty"),
            MaxQuantity = Of("LOT_SIZE", "maxQty"),
            MinNotional = Math.Max(Of("NOTIONAL", "minNotional"), Of("MIN_NOTIONAL", "minNotional")),
            IsTrading = symbol.Text("status") == "TRADING",
        };
    }

    private static OrderState State(string status) => status switch
    {
        "PARTIALLY_FILLED" => OrderState.PartiallyFilled,
        "FILLED" => OrderState.Filled,
        "CANCELED" => OrderState.Cancelled,
        "REJECTED" => OrderState.Rejected,
        "EXPIRED" or "EXPIRED_IN_MATCH" => OrderState.Expired,
        _ => OrderState.Submitted,
    };

    private static string Reason(string status) => status is "CANCELED" or "REJECTED" or "EXPIRED" or "EXPIRED_IN_MATCH"
        ? $"Binance: {status.ToLowerInvariant()}" : "";

    /// <summary>Parses an order of <c>/api/v3/order</c> and <c>/api/v3/openOrders</c>, or the response to a cancellation.</summary>
    public static VenueOrderState Order(JsonElement order) => new(
        order.Text("origClientOrderId") is { Length: > 0 } ours ? ours : order.Text("clientOrderId"), order.Text("orderId"),
        order.Text("symbol"), State(order.Text("status")), order.Decimal("executedQty"), Reason(order.Text("status")));

    /// <summary>Parses a trade of <c>GET /api/v3/myTrades</c>.</summary>
    public static VenueFill Trade(JsonElement trade) => new(trade.Text("id"), trade.Text("orderId"), trade.Text("symbol"),
        trade.Flag("isBuyer") ? Side.Buy : Side.Sell, trade.Decimal("price"), trade.Decimal("qty"), trade.Decimal("commission"),
        trade.Text("commissionAsset"), JsonFields.Milliseconds(trade.Whole("time")));

    /// <summary>Parses an event of the user data stream; null if it is not relevant.</summary>
    public static VenueNews? Report(JsonElement e)
    {
        if (e.Text("e") != "executionReport") return null;
        // A cancellation has its own id; the order's id is in C.
        var client = e.Text("x") == "CANCELED" && e.Text("C") is { Length: > 0 } original ? original : e.Text("c");
        var fill = e.Text("x") != "TRADE" ? null : new VenueFill(e.Text("t"), e.Text("i"), e.Text("s"),
            e.Text("S") == "BUY" ? Side.Buy : Side.Sell, e.Decimal("L"), e.Decimal("l"), e.Decimal("n"), e.Text("N"),
            JsonFields.Milliseconds(e.Whole("T")));
        return new VenueNews
        {
            Order = new VenueOrderState(client, e.Text("i"), e.Text("s"), State(e.Text("X")), e.Decimal("z"), Reason(e.Text("X"))),
            Fill = fill,
        };
    }

    /// <summary>Parses a message of a market stream.</summary>
    public static VenueNews? Price(JsonElement message) => message.TryGetProperty("data", out var data) && data.Text("e") == "trade"
        ? new VenueNews { Listed = data.Text("s"), Price = data.Decimal("p") } : null;
}
