using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Kucoin;

/// <summary>The example messages of KuCoin's documentation (www.kucoin.com/docs-new, "Futures Trading"), as its SDK records
/// them.</summary>
public sealed class KucoinFuturesMessagesTests
{
    // A thousandth of the base currency.
    private static decimal Contract(string symbol) => 0.001m;

    [Fact]
    public void A_contract_counts_in_base_units_and_xbt_is_bitcoin()
    {
        var listed = JsonElement.Parse("""
            {"symbol":"XBTUSDTM","rootSymbol":"USDT","type":"FFWCSX","firstOpenDate":1585555200000,"expireDate":null,"settleDate":null,
             "baseCurrency":"XBT","quoteCurrency":"USDT","settleCurrency":"USDT","maxOrderQty":1000000,"maxPrice":1000000,"lotSize":1,
             "tickSize":0.1,"indexPriceTickSize":0.01,"multiplier":0.001,"initialMargin":0.008,"maintainMargin":0.004,
             "isQuanto":true,"isInverse":false,"markMethod":"FairPrice","status":"Open","maxLeverage":125}
            """);
        KucoinFuturesParser.IsPerpetual(listed, "USDT").ShouldBeTrue();
        KucoinFuturesParser.IsPerpetual(listed, "USDC").ShouldBeFalse();
        var instrument = KucoinFuturesParser.Instrument(listed);
        (instrument.Base, instrument.Tick, instrument.Lot, instrument.MaxQuantity, instrument.MaxLeverage, instrument.IsTrading)
            .ShouldBe(("BTC", 0.1m, 0.001m, 1000m, 125m, true));
    }

    [Fact]
    public void An_order_that_waits_and_one_that_is_filled_are_states()
    {
        KucoinFuturesParser.Order(JsonElement.Parse("""
            {"id":"236655147005071361","symbol":"XBTUSDTM","type":"limit","side":"buy","price":"0.1","size":1,"value":"0.0001",
             "dealValue":"0","dealSize":0,"stp":"","stop":"","stopPriceType":"","stopTriggered":false,"stopPrice":null,
             "timeInForce":"GTC","leverage":"3","clientOid":"5c52e11203aa677f33e493fb","isActive":true,"cancelExist":false,
             "createdAt":1729236185949,"settleCurrency":"USDT","marginMode":"ISOLATED","filledSize":0,"status":"open","reduceOnly":false}
            """), Contract).ShouldBe(new VenueOrderState("5c52e11203aa677f33e493fb", "236655147005071361", "XBTUSDTM",
                OrderState.Submitted, 0, ""));
        KucoinFuturesParser.Order(JsonElement.Parse("""
            {"id":"236317213710184449","symbol":"XBTUSDTM","type":"market","side":"buy","price":"0","size":1,"dealValue":"67.4309",
             "dealSize":1,"clientOid":"16698fe6","isActive":false,"cancelExist":false,"status":"done"}
            """), Contract).ShouldBe(new VenueOrderState("16698fe6", "236317213710184449", "XBTUSDTM", OrderState.Filled, 0.001m, ""));
    }

    [Fact]
    public void A_fill_and_a_funding_payment_have_their_amounts()
    {
        KucoinFuturesParser.Fill(JsonElement.Parse("""
            {"symbol":"XBTUSDTM","tradeId":"1828954878212","orderId":"284486580251463680","side":"buy","liquidity":"taker",
             "price":"86275.1","size":1,"value":"86.2751","openFeePay":"0.05176506","closeFeePay":"0","feeRate":"0.00060",
             "feeCurrency":"USDT","marginMode":"CROSS","fee":"0.05176506","settleCurrency":"USDT","orderType":"market",
             "tradeType":"trade","tradeTime":1740640088244000000,"createdAt":1740640088427}
            """), Contract).ShouldBe(new VenueFill("1828954878212", "284486580251463680", "XBTUSDTM", Side.Buy, 86275.1m, 0.001m,
                0.05176506m, "USDT", DateTimeOffset.FromUnixTimeMilliseconds(1740640088427)));
        KucoinFuturesParser.Funding(JsonElement.Parse("""
            {"id":1472387374042586,"symbol":"XBTUSDTM","timePoint":1731470400000,"fundingRate":6.41E-4,"markPrice":87139.92,
             "positionQty":1,"positionCost":87.13992,"funding":-0.05585669,"settleCurrency":"USDT","marginMode":"ISOLATED"}
            """)).ShouldBe(new FundingPayment("1472387374042586", "XBTUSDTM", -0.05585669m,
                DateTimeOffset.FromUnixTimeMilliseconds(1731470400000)));
    }

    [Fact]
    public void Websocket_messages_are_orders_and_prices()
    {
        KucoinFuturesParser.News(JsonElement.Parse("""
            {"topic":"/contractMarket/tradeOrders:XBTUSDTM","type":"message","subject":"symbolOrderChange","channelType":"private",
             "data":{"symbol":"XBTUSDTM","side":"buy","canceledSize":"0","orderId":"247899236673269761","liquidity":"maker",
             "marginMode":"ISOLATED","type":"open","orderTime":1731916985768138917,"size":"1","filledSize":"0","price":"91670",
             "remainSize":"1","status":"open","ts":1731916985789000000} }
            """), Contract)!.Order.ShouldBe(new VenueOrderState("", "247899236673269761", "XBTUSDTM", OrderState.Submitted, 0, ""));
        KucoinFuturesParser.News(JsonElement.Parse("""
            {"topic":"/contractMarket/advancedOrders","type":"message","data":{"createdAt":1730194206837,"marginMode":"ISOLATED",
             "orderId":"240673378116083712","orderPrice":"0.1","orderType":"stop","side":"buy","size":1,"stop":"down",
             "stopPrice":"1000","stopPriceType":"TP","symbol":"XBTUSDTM","ts":1730194206843133000,"type":"open"},"subject":"stopOrder",
             "id":"6720ab1ea52a9b0001734392","channelType":"private"}
            """), Contract).ShouldBeNull();
        var price = KucoinFuturesParser.News(JsonElement.Parse("""
            {"topic":"/contractMarket/execution:XBTUSDTM","type":"message","subject":"match","sn":1794100537695,"data":{
             "symbol":"XBTUSDTM","sequence":1794100537695,"side":"buy","size":2,"price":"90503.9","takerOrderId":"247822202957807616",
             "makerOrderId":"247822167163555840","tradeId":"1794100537695","ts":1731898619520000000} }
            """), Contract)!;
        (price.Listed, price.Price).ShouldBe(("XBTUSDTM", 90503.9m));
    }
}
