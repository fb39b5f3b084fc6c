using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Kucoin;

/// <summary>The example messages of KuCoin's documentation (www.kucoin.com/docs-new, api-3470154, 3470182, 3470180, 3470338).</summary>
public sealed class KucoinMessagesTests
{
    [Fact]
    public void An_instrument_has_its_steps_and_minima()
    {
        var instrument = KucoinSpotParser.Instrument(JsonElement.Parse("""
            {"symbol":"BTC-USDT","name":"BTC-USDT","baseCurrency":"BTC","quoteCurrency":"USDT","feeCurrency":"USDT","market":"USDS",
             "baseMinSize":"0.00001","quoteMinSize":"0.1","baseMaxSize":"10000000000","quoteMaxSize":"99999999",
             "baseIncrement":"0.00000001","quoteIncrement":"0.000001","priceIncrement":"0.1","priceLimitRate":"0.1","minFunds":"0.1",
             "isMarginEnabled":true,"enableTrading":true,"feeCategory":1,"callauctionPriceFloor":null}
            """));
        (instrument.Tick, instrument.Lot, instrument.MinQuantity, instrument.MinNotional, instrument.IsTrading)
            .ShouldBe((0.1m, 0.00000001m, 0.00001m, 0.1m, true));
    }

    [Fact]
    public void An_order_and_its_fill_agree()
    {
        var order = KucoinSpotParser.Order(JsonElement.Parse("""
            {"id":"6717422bd51c29000775ea03","clientOid":"5c52e11203aa677f33e493fb","symbol":"BTC-USDT","opType":"DEAL","type":"limit",
             "side":"buy","price":"70000","size":"0.00001","funds":"0.7","dealSize":"0.00001","dealFunds":"0.677176","remainSize":"0",
             "cancelledSize":"0","fee":"0.000677176","feeCurrency":"USDT","cancelExist":false,"inOrderBook":false,"active":false,
             "createdAt":1729577515444,"lastUpdatedAt":1729577515481}
            """));
        order.ShouldBe(new VenueOrderState("5c52e11203aa677f33e493fb", "6717422bd51c29000775ea03", "BTC-USDT", OrderState.Filled, 0.00001m,
            ""));
        var fill = KucoinSpotParser.Fill(JsonElement.Parse("""
            {"id":19814995255305,"orderId":"6717422bd51c29000775ea03","counterOrderId":"67174228135f9e000709da8c",
             "tradeId":11029373945659392,"symbol":"BTC-USDT","side":"buy","liquidity":"taker","type":"limit","price":"67717.6",
             "size":"0.00001","funds":"0.677176","fee":"0.000677176","feeRate":"0.001","feeCurrency":"USDT","createdAt":1729577515473}
            """));
        fill.ShouldBe(new VenueFill("11029373945659392", "6717422bd51c29000775ea03", "BTC-USDT", Side.Buy, 67717.6m, 0.00001m, 0.000677176m,
            "USDT", DateTimeOffset.FromUnixTimeMilliseconds(1729577515473)));
    }

    [Fact]
    public void A_stop_order_waits()
    {
        var stop = KucoinSpotParser.StopOrder(JsonElement.Parse("""
            {"id":"vs93gptvr9t2fsql003l8k5p","symbol":"BTC-USDT","status":"NEW","type":"limit","side":"buy",
             "price":"50000.00000000000000000000","size":"0.00001000000000000000","funds":null,"cancelAfter":-1,
             "clientOid":"5c52e11203aa677f222233e493fb","orderTime":1740626554883000024,"stop":"loss",
             "stopPrice":"60000.00000000000000000000"}
            """));
        (stop.ClientId, stop.VenueId, stop.State).ShouldBe(("5c52e11203aa677f222233e493fb", "vs93gptvr9t2fsql003l8k5p",
            OrderState.Submitted));
    }

    [Fact]
    public void Websocket_messages_are_orders_and_prices()
    {
        KucoinSpotParser.News(JsonElement.Parse("""
            {"topic":"/spotMarket/tradeOrdersV2","type":"message","subject":"orderChange","userId":"633559791e1cbc0001f319bc",
             "channelType":"private","data":{"canceledSize":"0","clientOid":"5c52e11203aa677f33e493fb","filledSize":"0",
             "orderId":"6720ecd9ec71f4000747731a","orderType":"limit","originSize":"0.00001","price":"50000","remainSize":"0.00001",
             "side":"buy","size":"0.00001","status":"open","symbol":"BTC-USDT","ts":1730211033335000000,"type":"open"} }
            """))!.Order.ShouldBe(new VenueOrderState("5c52e11203aa677f33e493fb", "6720ecd9ec71f4000747731a", "BTC-USDT",
                OrderState.Submitted, 0, ""));
        var price = KucoinSpotParser.News(JsonElement.Parse("""
            {"type":"message","topic":"/market/ticker:BTC-USDT","subject":"trade.ticker","data":{"sequence":"1545896668986",
             "price":"0.08","size":"0.011","bestAsk":"0.08","Time":1704873323416} }
            """))!;
        (price.Listed, price.Price).ShouldBe(("BTC-USDT", 0.08m));
    }
}
