using System.Text.Json;
using Granary.Data.Funding;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Kucoin;

/// <summary>Parses the messages of KuCoin's futures market to the adapter's types, and converts contracts to base units.</summary>
internal static class KucoinFuturesParser
{
    /// <summary>Whether a contract is perpetual, and either quoted and settled in this currency or inverse.</summary>
    public static bool IsPerpetual(JsonElement contract, string currency) => contract.Text("expireDate").Length == 0
        && (contract.Flag("isInverse") || contract.Text("settleCurrency") == currency && contract.Text("quoteCurrency") == currency);

    /// <summary>Parses an entry of <c>GET /api/v1/contracts/active</c>. KuCoin's futures use the symbol XBT for Bitcoin.</summary>
    public static VenueInstrument Instrument(JsonElement contract)
    {
        var size = contract.Decimal("multiplier");
        return new VenueInstrument
        {
            Symbol = contract.Text("symbol"),
            Listed = contract.Text("symbol"),
            Base = contract.Text("baseCurrency") is var coin && coin == "XBT" ? "BTC" : coin,
            Quote = contract.Text("quoteCurrency"),
            Tick = contract.Decimal("tickSize"),
            Lot = contract.Decimal("lotSize") * size,
            MinQuantity = contract.Decimal("lotSize") * size,
            MaxQuantity = contract.Decimal("maxOrderQty") * size,
            Contract = size,
            MaxLeverage = contract.Decimal("maxLeverage"),
            IsTrading = contract.Text("status") == "Open",
            IsInverse = contract.Flag("isInverse"),
        };
    }

    /// <summary>Parses an order of <c>/api/v1/orders</c> and <c>/api/v1/stopOrders</c>.</summary>
    /// <param name="contract">Returns the base units per contract by the contract's symbol.</param>
    public static VenueOrderState Order(JsonElement order, Func<string, decimal> contract)
    {
        var filled = order.Decimal("dealSize");
        var isWhole = filled >= order.Decimal("size") && !order.Flag("cancelExist");
        var state = order.Flag("isActive") switch
        {
            true => filled > 0 ? OrderState.PartiallyFilled : OrderState.Submitted,
            false => isWhole ? OrderState.Filled : OrderState.Cancelled,
        };
        return new VenueOrderState(order.Text("clientOid"), order.Text("id"), order.Text("symbol"), state,
            filled * contract(order.Text("symbol")), Reason(state));
    }

    private static string Reason(OrderState state) => state == OrderState.Cancelled ? "cancelled at KuCoin" : "";

    /// <summary>Parses an item of <c>GET /api/v1/fills</c>.</summary>
    /// <inheritdoc cref="Order"/>
    public static VenueFill Fill(JsonElement fill, Func<string, decimal> contract) => new(fill.Text("tradeId"), fill.Text("orderId"),
        fill.Text("symbol"), fill.Text("side") == "buy" ? Side.Buy : Side.Sell, fill.Decimal("price"),
        fill.Decimal("size") * contract(fill.Text("symbol")), fill.Decimal("fee"), fill.Text("feeCurrency"),
        JsonFields.Milliseconds(fill.Whole("createdAt")));

    /// <summary>Parses an entry of <c>GET /api/v1/funding-history</c>; a negative amount was paid.</summary>
    public static FundingPayment Funding(JsonElement payment) => new(payment.Text("id"), payment.Text("symbol"),
        payment.Decimal("funding"), JsonFields.Milliseconds(payment.Whole("timePoint")));

    /// <summary>Parses an entry of <c>GET /api/v1/contract/funding-rates</c>.</summary>
    public static FundingRow FundingRate(JsonElement entry) => FundingRow.At(JsonFields.Milliseconds(entry.Whole("timepoint")).UtcTicks,
        (double)entry.Decimal("fundingRate"));

    /// <summary>Parses a websocket message; null if it is not relevant.</summary>
    /// <inheritdoc cref="Order"/>
    public static VenueNews? News(JsonElement message, Func<string, decimal> contract)
    {
        if (message.Text("type") != "message") return null;
        var (topic, data) = (message.Text("topic"), message.GetProperty("data"));
        if (topic.StartsWith("/contractMarket/tradeOrders", StringComparison.Ordinal))
            return new VenueNews { Order = OrderChange(data, contract) };
        if (topic == "/contractMarket/advancedOrders")
            return data.Text("type") != "cancel" ? null : new VenueNews
            {
                Order = new VenueOrderState("", data.Text("orderId"), data.Text("symbol"), OrderState.Cancelled, 0, "cancelled at KuCoin"),
            };
        return topic.StartsWith("/contractMarket/execution:", StringComparison.Ordinal)
            ? new VenueNews { Listed = data.Text("symbol"), Price = data.Decimal("price") } : null;
    }

    private static VenueOrderState OrderChange(JsonElement data, Func<string, decimal> contract)
    {
        var filled = data.Decimal("filledSize");
        var state = data.Text("type") switch
        {
            "filled" => OrderState.Filled,
            "canceled" => OrderState.Cancelled,
            _ => filled > 0 ? OrderState.PartiallyFilled : OrderState.Submitted,
        };
        return new VenueOrderState(data.Text("clientOid"), data.Text("orderId"), data.Text("symbol"), state,
            filled * contract(data.Text("symbol")), Reason(state));
    }
}
