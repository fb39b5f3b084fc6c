using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Gateio;

/// <summary>Parses Gate.io's spot messages to the adapter's types.</summary>
internal static class GateioSpotParser
{
    /// <summary>Parses an entry of <c>GET /spot/currency_pairs</c>.</summary>
    public static VenueInstrument Instrument(JsonElement pair) => new()
    {
        Symbol = pair.Text("id"),
        Listed = pair.Text("id"),
        Base = pair.Text("base"),
        Quote = pair.Text("quote"),
        Tick = Step(pair.Whole("precision")),
        Lot = Step(pair.Whole("amount_precision")),
        MinQuantity = pair.Decimal("min_base_amount"),
        MaxQuantity = pair.Decimal("max_base_amount"),
        MinNotional = pair.Decimal("min_quote_amount"),
        IsTrading = pair.Text("trade_status") == "tradable",
    };

    // Converts a number of decimals to a step size.
    private static decimal Step(long decimals)
    {
        var step = 1m;
        for (var i = 0; i < decimals; i++) step /= 10;
        return step;
    }

    /// <summary>Parses an order of <c>/spot/orders</c>, or of the channel <c>spot.orders</c>.</summary>
    public static VenueOrderState Order(JsonElement order)
    {
        var filled = order.Decimal("amount") - order.Decimal("left");
        // The channel has no status.
        var state = (order.Text("status"), order.Text("event")) switch
        {
            ("closed", _) => OrderState.Filled,
            ("cancelled", _) => OrderState.Cancelled,
            ("", "finish") => order.Text("finish_as") == "filled" ? OrderState.Filled : OrderState.Cancelled,
            _ => filled > 0 ? OrderState.PartiallyFilled : OrderState.Submitted,
        };
        return new VenueOrderState(GateioVenue.ClientId(order), order.Text("id"), order.Text("currency_pair"), state, filled,
            state == OrderState.Cancelled ? $"Gate.io: {order.Text("finish_as")}" : "");
    }

    /// <summary>Parses a trade of <c>/spot/my_trades</c>, or of the channel <c>spot.usertrades</c>.</summary>
    public static VenueFill Fill(JsonElement trade)
    {
        var (fee, currency) = (trade.Decimal("fee"), trade.Text("fee_currency"));
        if (trade.Decimal("gt_fee") is not 0 and var gt) (fee, currency) = (gt, "GT");
        else if (trade.Decimal("point_fee") is not 0 and var points) (fee, currency) = (points, "POINT");
        return new VenueFill(trade.Text("id"), trade.Text("order_id"), trade.Text("currency_pair"),
            trade.Text("side") == "buy" ? Side.Buy : Side.Sell, trade.Decimal("price"), trade.Decimal("amount"), fee, currency,
            DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds((double)trade.Decimal("create_time_ms")));
    }

    /// <summary>Returns Gate.io's name of a timeframe.</summary>
    public static string Interval(Timeframe timeframe) => timeframe == Timeframe.W1 ? "7d" : timeframe.ToString();

    /// <summary>Parses the news in a message of the websocket.</summary>
    public static IEnumerable<VenueNews> News(JsonElement message)
    {
        if (message.Text("event") != "update") yield break;
        var result = message.GetProperty("result");
        switch (message.Text("channel"))
        {
            case "spot.orders":
                foreach (var order in result.EnumerateArray()) yield return new VenueNews { Order = Order(order) };
                break;
            case "spot.usertrades":
                foreach (var trade in result.EnumerateArray()) yield return new VenueNews { Fill = Fill(trade) };
                break;
            case "spot.tickers":
                yield return new VenueNews { Listed = result.Text("currency_pair"), Price = result.Decimal("last") };
                break;
        }
    }
}
