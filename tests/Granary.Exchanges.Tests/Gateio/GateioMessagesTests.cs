using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Gateio;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Gateio;

/// <summary>The example messages of Gate.io's documentation (www.gate.io/docs/developers/apiv4, /apiv4/ws/en, /futures/ws/en).</summary>
public sealed class GateioMessagesTests
{
    private static DateTimeOffset Milliseconds(double value) => DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(value);

    // A ten-thousandth of the base currency.
    private static decimal Contract(string name) => 0.0001m;

    [Fact]
    public void A_currency_pair_has_its_steps_and_minima()
    {
        var instrument = GateioSpotParser.Instrument(JsonElement.Parse("""
            {"id":"ETH_USDT","base":"ETH","quote":"USDT","fee":"0.2","min_base_amount":"0.001","min_quote_amount":"1.0",
             "max_base_amount":"10000","max_quote_amount":"10000000","amount_precision":3,"precision":6,"trade_status":"tradable",
             "sell_start":1516378650,"buy_start":1516378650}
            """));
        (instrument.Tick, instrument.Lot, instrument.MinQuantity, instrument.MinNotional, instrument.IsTrading)
            .ShouldBe((0.000001m, 0.001m, 0.001m, 1.0m, true));
    }

    [Fact]
    public void Spot_orders_that_are_filled_and_that_were_cancelled_have_the_sessions_id()
    {
        GateioSpotParser.Order(JsonElement.Parse("""
            {"id":"1852454420","text":"t-abc123","amend_text":"-","create_time":"1710488334","update_time":"1710488334",
             "create_time_ms":1710488334073,"update_time_ms":1710488334074,"status":"closed","currency_pair":"BTC_USDT","type":"limit",
             "account":"unified","side":"buy","amount":"0.001","price":"65000","time_in_force":"gtc","iceberg":"0","left":"0",
             "filled_amount":"0.001","fill_price":"63.4693","filled_total":"63.4693"}
            """)).ShouldBe(new VenueOrderState("abc123", "1852454420", "BTC_USDT", OrderState.Filled, 0.001m, ""));
        GateioSpotParser.Order(JsonElement.Parse("""
            {"id":"12332324","text":"t-123456","create_time":"1548000000","currency_pair":"ETH_BTC","status":"cancelled","type":"limit",
             "account":"spot","side":"buy","iceberg":"0","amount":"1","price":"5.00032","time_in_force":"gtc","auto_borrow":false,
             "left":"0.5","filled_total":"2.50016","avg_deal_price":"5.00032","stp_act":"cn","finish_as":"stp","stp_id":10240}
            """)).ShouldBe(new VenueOrderState("123456", "12332324", "ETH_BTC", OrderState.Cancelled, 0.5m, "Gate.io: stp"));
    }

    [Fact]
    public void A_spot_trade_has_its_fee_in_the_currency_that_paid_it()
    {
        GateioSpotParser.Fill(JsonElement.Parse("""
            {"id":"1232893232","create_time":"1548000000","create_time_ms":"1548000000123.456","currency_pair":"ETH_BTC",
             "order_id":"4128442423","side":"buy","role":"maker","amount":"0.15","price":"0.03","fee":"0.0005","fee_currency":"ETH",
             "point_fee":"0","gt_fee":"0","sequence_id":"588018","text":"t-test"}
            """)).ShouldBe(new VenueFill("1232893232", "4128442423", "ETH_BTC", Side.Buy, 0.03m, 0.15m, 0.0005m, "ETH",
                Milliseconds(1548000000123.456)));
    }

    [Fact]
    public void Websocket_messages_of_the_spot_market_are_orders_and_trades()
    {
        var order = GateioSpotParser.News(JsonElement.Parse("""
            {"time":1694655225,"time_ms":1694655225315,"channel":"spot.orders","event":"update","result":[{"id":"399123456",
             "text":"t-testtext","create_time":"1694655225","update_time":"1694655225","currency_pair":"BTC_USDT","type":"limit",
             "account":"spot","side":"sell","amount":"0.0001","price":"26253.3","time_in_force":"gtc","left":"0.0001","filled_total":"0",
             "avg_deal_price":"0","fee":"0","fee_currency":"USDT","point_fee":"0","gt_fee":"0","user":3497082,"event":"put","stp_id":0,
             "stp_act":"-","finish_as":"open","biz_info":"-","amend_text":"-"}]}
            """)).ShouldHaveSingleItem().Order;
        order.ShouldBe(new VenueOrderState("testtext", "399123456", "BTC_USDT", OrderState.Submitted, 0, ""));
        var fill = GateioSpotParser.News(JsonElement.Parse("""
            {"time":1605176741,"time_ms":1605176741763,"channel":"spot.usertrades","event":"update","result":[{"id":5736713,
             "user_id":1000001,"order_id":"30784428","currency_pair":"BTC_USDT","create_time":1605176741,
             "create_time_ms":"1605176741123.456","side":"sell","amount":"1.00000000","role":"taker","price":"10000.00000000",
             "fee":"0.00200000000000","fee_currency":"USDT","point_fee":"0","gt_fee":"0","text":"apiv4"}]}
            """)).ShouldHaveSingleItem().Fill;
        fill.ShouldBe(new VenueFill("5736713", "30784428", "BTC_USDT", Side.Sell, 10000m, 1m, 0.002m, "USDT",
            Milliseconds(1605176741123.456)));
    }

    [Fact]
    public void A_contract_counts_in_base_units()
    {
        var instrument = GateioFuturesParser.Instrument(JsonElement.Parse("""
            {"name":"BTC_USDT","type":"direct","quanto_multiplier":"0.0001","ref_discount_rate":"0","order_price_deviate":"0.5",
             "maintenance_rate":"0.005","mark_type":"index","last_price":"38026","mark_price":"37985.6","index_price":"37954.92",
             "funding_rate_indicative":"0.000219","mark_price_round":"0.01","funding_offset":0,"in_delisting":false,
             "risk_limit_base":"1000000","interest_rate":"0.0003","order_price_round":"0.1","order_size_min":1,
             "ref_rebate_rate":"0.2","funding_rate":"0.000219","order_size_max":1000000,"leverage_max":"100","leverage_min":"1"}
            """));
        (instrument.Base, instrument.Quote, instrument.Tick, instrument.Lot, instrument.MinQuantity, instrument.MaxQuantity)
            .ShouldBe(("BTC", "USDT", 0.1m, 0.0001m, 0.0001m, 100m));
        (instrument.MaxLeverage, instrument.Contract, instrument.IsTrading).ShouldBe((100m, 0.0001m, true));
    }

    [Fact]
    public void A_futures_order_and_a_trade_are_base_units_and_a_sale_is_negative()
    {
        GateioFuturesParser.Order(JsonElement.Parse("""
            {"id":15675394,"user":100000,"contract":"BTC_USDT","create_time":1546569968,"size":6024,"iceberg":0,"left":6024,"price":"3765",
             "fill_price":"0","mkfr":"-0.00025","tkfr":"0.00075","tif":"gtc","refu":0,"is_reduce_only":false,"is_close":false,
             "is_liq":false,"text":"t-my-custom-id","status":"finished","finish_time":1514764900,"finish_as":"cancelled","stp_id":0,
             "stp_act":"-","amend_text":"-"}
            """), Contract).ShouldBe(new VenueOrderState("my-custom-id", "15675394", "BTC_USDT", OrderState.Cancelled, 0,
                "Gate.io: cancelled"));
        GateioFuturesParser.Fill(JsonElement.Parse("""
            {"id":121234231,"create_time":1514764800.123,"contract":"BTC_USDT","order_id":"21893289839","size":100,"price":"100.123",
             "text":"t-123456","fee":"0.01","point_fee":"0","role":"taker","close_size":0}
            """), Contract).ShouldBe(new VenueFill("121234231", "21893289839", "BTC_USDT", Side.Buy, 100.123m, 0.01m, 0.01m, "USDT",
                Milliseconds(1514764800123)));
    }

    [Fact]
    public void Websocket_messages_of_the_futures_market_are_orders_and_trades()
    {
        var order = GateioFuturesParser.News(JsonElement.Parse("""
            {"channel":"futures.orders","event":"update","time":1541505434,"time_ms":1541505434123,"result":[{"contract":"BTC_USD",
             "create_time":1628736847,"create_time_ms":1628736847325,"fill_price":40000.4,"finish_as":"filled","finish_time":1628736848,
             "finish_time_ms":1628736848321,"iceberg":0,"id":4872460,"is_close":false,"is_liq":false,"left":0,"mkfr":-0.00025,
             "price":40000.4,"refr":0,"refu":0,"size":1,"status":"finished","text":"-","tif":"gtc","tkfr":0.0005,"user":"110xxxxx"}]}
            """), Contract).ShouldHaveSingleItem().Order;
        order.ShouldBe(new VenueOrderState("", "4872460", "BTC_USD", OrderState.Filled, 0.0001m, ""));
        var fill = GateioFuturesParser.News(JsonElement.Parse("""
            {"time":1543205083,"time_ms":1543205083123,"channel":"futures.usertrades","event":"update","error":null,"result":[
             {"id":"3335259","create_time":1628736848,"create_time_ms":1628736848321,"contract":"BTC_USD","order_id":"4872460",
              "size":"-2","price":"40000.4","role":"maker","text":"api","fee":0.0009290592,"point_fee":0}]}
            """), Contract).ShouldHaveSingleItem().Fill;
        fill.ShouldBe(new VenueFill("3335259", "4872460", "BTC_USD", Side.Sell, 40000.4m, 0.0002m, 0.0009290592m, "USDT",
            Milliseconds(1628736848321)));
    }

    [Fact]
    public void An_entry_of_the_account_book_is_a_payment_and_a_candle_counts_base_units()
    {
        GateioFuturesParser.Funding(JsonElement.Parse("""
            {"time":1682294400.123456,"change":"0.000010152188","balance":"4.59316525194","text":"ETH_USD:6086261","type":"fee",
             "contract":"ETH_USD","trade_id":"1","id":"1"}
            """)).ShouldBe(new FundingPayment("1", "ETH_USD", 0.000010152188m, Milliseconds(1682294400123.456)));
        GateioFuturesParser.Candle(JsonElement.Parse("""
            {"t":1539852480,"v":97151,"c":"1.032","h":"1.032","l":"1.032","o":"1.032","sum":"3580"}
            """), 0.0001m).ShouldBe(new Bar(DateTimeOffset.FromUnixTimeSeconds(1539852480).UtcTicks, 1.032, 1.032, 1.032, 1.032, 9.7151));
    }

    [Theory]
    [InlineData("liq-1234", true)]
    [InlineData("auto_deleveraging", true)]
    [InlineData("hedge-liq-1234", true)]
    [InlineData("t-g12345678-liq-e", false)]
    [InlineData("web", false)]
    public void Trades_of_the_exchange_itself_are_known_by_their_text(string text, bool forced) =>
        GateioFuturesParser.IsForced(JsonElement.Parse($$"""{"text":"{{text}}"}""")).ShouldBe(forced);
}
