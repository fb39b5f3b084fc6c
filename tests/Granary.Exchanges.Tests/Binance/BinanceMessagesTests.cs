using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Exchanges.Binance;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Binance;

/// <summary>The example messages of github.com/binance/binance-spot-api-docs (rest-api.md, user-data-stream.md).</summary>
public sealed class BinanceMessagesTests
{
    [Fact]
    public void An_order_that_waits_and_one_that_is_cancelled_have_the_sessions_id()
    {
        BinanceSpotParser.Order(JsonElement.Parse("""
            {"symbol":"LTCBTC","orderId":1,"orderListId":-1,"clientOrderId":"myOrder1","price":"0.1","origQty":"1.0","executedQty":"0.0",
             "cummulativeQuoteQty":"0.0","status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY","stopPrice":"0.0"}
            """)).ShouldBe(new VenueOrderState("myOrder1", "1", "LTCBTC", OrderState.Submitted, 0.0m, ""));
        var cancelled = BinanceSpotParser.Order(JsonElement.Parse("""
            {"symbol":"LTCBTC","origClientOrderId":"myOrder1","orderId":4,"orderListId":-1,"clientOrderId":"cancelMyOrder1",
             "transactTime":1684804350068,"price":"2.00000000","origQty":"1.00000000","executedQty":"0.00000000","status":"CANCELED"}
            """));
        (cancelled.ClientId, cancelled.State).ShouldBe(("myOrder1", OrderState.Cancelled));
    }

    [Fact]
    public void A_trade_has_its_fee_in_the_currency_that_paid_it()
    {
        BinanceSpotParser.Trade(JsonElement.Parse("""
            {"symbol":"BNBBTC","id":28457,"orderId":100234,"orderListId":-1,"price":"4.00000100","qty":"12.00000000","quoteQty":"48.000012",
             "commission":"10.10000000","commissionAsset":"BNB","time":1499865549590,"isBuyer":true,"isMaker":false,"isBestMatch":true}
            """)).ShouldBe(new VenueFill("28457", "100234", "BNBBTC", Side.Buy, 4.000001m, 12m, 10.1m, "BNB",
                DateTimeOffset.FromUnixTimeMilliseconds(1499865549590)));
    }

    [Fact]
    public void An_execution_report_without_a_trade_is_a_state()
    {
        var news = BinanceSpotParser.Report(JsonElement.Parse("""
            {"e":"executionReport","E":1499405658658,"s":"ETHBTC","c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY","o":"LIMIT","f":"GTC",
             "q":"1.00000000","p":"0.10264410","P":"0.00000000","C":"","x":"NEW","X":"NEW","r":"NONE","i":4293153,"l":"0.00000000",
             "z":"0.00000000","L":"0.00000000","n":"0","N":null,"T":1499405658657,"t":-1}
            """))!;
        news.Fill.ShouldBeNull();
        (news.Order!.ClientId, news.Order.VenueId, news.Order.State).ShouldBe(("mUvoqJxFIILMdfAW5iGSOW", "4293153", OrderState.Submitted));
    }
}
