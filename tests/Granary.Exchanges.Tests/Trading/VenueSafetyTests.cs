using System.Text;
using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Trading;

public sealed class VenueSafetyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-safety-").FullName;
    private int _orders;

    public static TheoryData<string> Names => TestExchange.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<ExchangeServer> ServerAsync(string name, MarketTerms? terms = null, Action<VenueDialect>? with = null)
    {
        var dialect = TestExchange.Named(name).Dialect(terms ?? new MarketTerms());
        with?.Invoke(dialect);
        return ExchangeServer.StartAsync(dialect);
    }

    private Task<VenueBroker> ConnectAsync(string name, ExchangeServer server, VenueSettings? settings = null,
        Action<HttpRequestMessage>? withhold = null) =>
        VenueBroker.ConnectAsync(withhold is null ? TestExchange.Named(name).Open(server.Endpoint)
            : TestExchange.Named(name).OpenDry(server.Endpoint, withhold), settings ?? TestVenue.Fast,
            TestVenue.Environment(_folder), default);

    private BrokerOrder Buy(double quantity = 2) => new()
    {
        ClientId = $"g1-0-{++_orders}-e",
        Symbol = TestVenue.Symbol,
        Side = Side.Buy,
        Type = OrderType.Market,
        Quantity = quantity,
    };

    private BrokerOrder Sell(BrokerOrder entry, double quantity) => new()
    {
        ClientId = $"g1-0-{++_orders}-x1",
        Symbol = TestVenue.Symbol,
        Side = Side.Sell,
        Type = OrderType.Market,
        Quantity = quantity,
        Closes = entry.ClientId,
    };

    [Theory]
    [MemberData(nameof(TestExchange.Spot), MemberType = typeof(TestExchange))]
    public async Task A_fee_in_bought_coins_makes_the_fill_smaller_and_the_trade_can_be_closed(string name)
    {
        await using var server = await ServerAsync(name, new MarketTerms { FeeCurrency = "base" });
        await using var broker = await ConnectAsync(name, server);
        var before = (await broker.SnapshotAsync()).Cash;
        var entry = Buy(quantity: 1.999);
        await broker.SubmitAsync(entry);
        var bought = (await broker.PollAsync(0)).Single(e => e.Fill is not null).Fill!;
        // 1.999 less 0.1 % is 1.997001: 1.997 can be sold, and what is missing of 1.999 is the fee at 100.
        (bought.Quantity, bought.Fee).ShouldBe((1.997, 0.2));
        (await broker.SnapshotAsync()).Positions[TestVenue.Symbol].ShouldBe(1.997);
        await broker.SubmitAsync(Sell(entry, bought.Quantity));
        (await broker.PollAsync(0)).Count(e => e.Fill is not null).ShouldBe(2);
        var after = await broker.SnapshotAsync();
        after.Positions.ShouldBeEmpty();
        var fills = (await broker.PollAsync(0)).Select(e => e.Fill).OfType<BrokerFill>();
        after.Cash.ShouldBe(before - fills.Sum(f => (int)f.Side * f.Price * f.Quantity + f.Fee), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Coins_of_the_owner_are_no_position_and_trades_by_hand_are_a_difference(string name)
    {
        await using var server = await ServerAsync(name);
        server.Market.Deposit("BTC", 5);
        await using var broker = await ConnectAsync(name, server);
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
        server.Market.Place(TestVenue.BuyByHand(1));
        var waiting = server.Market.Place(TestVenue.BuyByHand(1, 90));
        var snapshot = await broker.SnapshotAsync();
        snapshot.Positions[TestVenue.Symbol].ShouldBe(1);
        snapshot.Orders.ShouldHaveSingleItem().VenueId.ShouldBe(waiting.Id);
        (await broker.PollAsync(0)).ShouldBeEmpty();
        waiting.IsActive.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_clock_that_is_wrong_is_corrected_and_one_that_jumps_is_measured_again(string name)
    {
        await using var server = await ServerAsync(name);
        server.Faults.Skew = TimeSpan.FromMinutes(7);
        await using var broker = await ConnectAsync(name, server);
        (await broker.SubmitAsync(Buy())).State.ShouldNotBe(OrderState.Rejected);
        await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Count == 1);
        server.Faults.Skew = TimeSpan.FromMinutes(-7);
        var order = Buy();
        await Eventually.HoldsAsync(async () => await SentAsync(broker, order));
        await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Count(e => e.Fill is not null) == 2);
        server.Market.Received[order.ClientId].ShouldBe(1);
    }

    private static async Task<bool> SentAsync(VenueBroker broker, BrokerOrder order)
    {
        try
        {
            return (await broker.SubmitAsync(order)).State != OrderState.Rejected;
        }
        catch (BrokerUnavailableException)
        {
            return false;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_rate_limit_pauses_the_requests_and_loses_no_order(string name)
    {
        VenueDialect dialect = null!;
        await using var server = await ServerAsync(name, with: d => (dialect = d).RequestsPerSecond = 12);
        // The adapter looks for an order of unknown outcome until its request can no longer arrive, here for an hour. It must know that the
        // exchange did not process an order beyond the limit, and send it again after the pause.
        var longLived = TestVenue.Fast with { RequestLife = TimeSpan.FromHours(1) };
        await using var broker = await Eventually.IsAsync(async () =>
        {
            try
            {
                return await ConnectAsync(name, server, longLived);
            }
            catch (BrokerUnavailableException)
            {
                return null;
            }
        }, b => b is not null);
        var orders = Enumerable.Range(0, 8).Select(_ => Buy(1)).ToList();
        foreach (var order in orders) await Eventually.HoldsAsync(async () => await SentAsync(broker!, order));
        await Eventually.HoldsAsync(() => server.Market.Fills.Count == 8);
        server.Market.Received.Values.ShouldAllBe(n => n == 1);
        dialect.Excess.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("kucoin", "General,Spot,Withdrawal")]
    [InlineData("kucoin-futures", "General,Futures,Withdrawal")]
    [InlineData("kucoin", "General,Spot,Transfer")]
    [InlineData("binance", "withdraw")]
    public async Task A_key_that_may_move_funds_off_the_account_is_refused(string name, string permissions)
    {
        await using var server = await ServerAsync(name, with: d => d.Permissions = permissions);
        (await Should.ThrowAsync<InputException>(() => ConnectAsync(name, server))).Message
            .ShouldContain("the API key may move funds off the account");
        await Should.ThrowAsync<InputException>(() =>
            VenueCheck.RunAsync(TestExchange.Named(name).Open(server.Endpoint), ["BTC-USDT"], default));
    }

    [Theory]
    [InlineData("kucoin", "General")]
    [InlineData("kucoin-futures", "General,Spot")]
    public async Task A_key_that_may_not_trade_the_market_is_refused(string name, string permissions)
    {
        await using var server = await ServerAsync(name, with: d => d.Permissions = permissions);
        (await Should.ThrowAsync<InputException>(() => ConnectAsync(name, server))).Message.ShouldContain("may not trade");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_dry_run_signs_each_order_as_the_exchange_accepts_it_and_sends_none(string name)
    {
        await using var server = await ServerAsync(name);
        var withheld = new List<HttpRequestMessage>();
        await using var broker = await ConnectAsync(name, server, TestVenue.Fast with { CancelAllAfter = TimeSpan.FromMilliseconds(50) },
            request => withheld.Add(Copy(request)));
        var answer = await broker.SubmitAsync(Buy());
        (answer.State, answer.Reason).ShouldBe((OrderState.Rejected, "dry run: the request was checked and signed, and not sent"));
        // What the session's limits refuse is not signed.
        (await broker.SubmitAsync(Buy(0.0001))).Reason.ShouldContain("below one lot");
        await Task.Delay(200);
        server.Market.Orders.ShouldBeEmpty();
        server.Log.ShouldNotContain(l => !l.StartsWith("GET", StringComparison.Ordinal) && !l.Contains("bullet", StringComparison.Ordinal));
        // The exchange takes the very request: it checks the signature.
        using var http = new HttpClient { BaseAddress = server.Endpoint };
        using var order = withheld.ShouldHaveSingleItem();
        using var sent = await http.SendAsync(order);
        sent.IsSuccessStatusCode.ShouldBeTrue(await sent.Content.ReadAsStringAsync());
        server.Market.Orders.ShouldHaveSingleItem();
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Content = new ByteArrayContent(request.Content!.ReadAsByteArrayAsync().GetAwaiter().GetResult()),
        };
        foreach (var (name, values) in request.Headers) copy.Headers.TryAddWithoutValidation(name, values);
        copy.Content.Headers.ContentType = request.Content.Headers.ContentType;
        return copy;
    }

    [Fact]
    public async Task A_dry_run_is_refused_where_a_session_has_something_open()
    {
        await using var server = await ServerAsync("kucoin");
        await using (var broker = await ConnectAsync("kucoin", server)) await broker.SubmitAsync(Buy());
        (await Should.ThrowAsync<InputException>(() => ConnectAsync("kucoin", server, withhold: _ => { }))).Message
            .ShouldBe("broker 'kucoin': the account has open trades or waiting orders of a session that was no dry run; end them with "
                + "'session flatten', or give the dry run a --state of its own");
    }

    [Fact]
    public async Task Limits_of_the_session_refuse_an_order_before_it_is_sent_and_never_an_exit()
    {
        // A fill may come before the answer to its order.
        OrderState[] taken = [OrderState.Submitted, OrderState.Filled];
        await using var server = await ServerAsync("kucoin");
        await using var broker = await VenueBroker.ConnectAsync(TestExchange.Named("kucoin").Open(server.Endpoint),
            TestVenue.Fast with { MaxOrder = 250, MaxExposure = 350, MaxOrdersPerMinute = 4 },
            TestVenue.Environment(_folder) with { Clock = new StoppedStopwatch() }, default);
        (await broker.SubmitAsync(Buy(3))).Reason.ShouldBe("the order is worth 300 USDT, more than the session's limit maxOrder=250");
        var entry = Buy(2);
        (await broker.SubmitAsync(entry)).State.ShouldBeOneOf(taken);
        (await broker.PollAsync(0)).Count.ShouldBeGreaterThan(0);
        (await broker.SubmitAsync(Buy(2))).Reason.ShouldContain("more than its limit maxExposure=350");
        (await broker.SubmitAsync(Sell(entry, 2))).State.ShouldBeOneOf(taken);
        // Until the exit's fill is booked, its trade counts as held.
        await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Count(e => e.Fill is not null) == 2);
        (await broker.SubmitAsync(Buy(1))).State.ShouldBeOneOf(taken);
        var last = Buy(1);
        (await broker.SubmitAsync(last)).State.ShouldBeOneOf(taken);
        await broker.PollAsync(0);
        (await broker.SubmitAsync(Buy(1))).Reason.ShouldContain("4 orders a minute");
        (await broker.SubmitAsync(Sell(last, 1))).State.ShouldBeOneOf(taken);
        server.Market.Received.Count.ShouldBe(5);
    }

    // A busy machine takes more than a minute for a few orders.
    private sealed class StoppedStopwatch : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    [Theory]
    [InlineData("kucoin", "/api/v1/hf/orders/dead-cancel-all")]
    [InlineData("gateio", "/api/v4/spot/countdown_cancel_all")]
    [InlineData("gateio-futures", "/api/v4/futures/usdt/countdown_cancel_all")]
    public async Task The_dead_man_switch_is_renewed_while_the_session_lives(string name, string path)
    {
        await using var server = await ServerAsync(name);
        await using var broker = await ConnectAsync(name, server, TestVenue.Fast with { CancelAllAfter = TimeSpan.FromMilliseconds(200) });
        await Eventually.HoldsAsync(() => server.Log.Count(l => l == "POST " + path) >= 3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_check_reads_the_account_and_sends_no_order(string name)
    {
        await using var server = await ServerAsync(name);
        server.Faults.Skew = TimeSpan.FromHours(1);
        await using var venue = TestExchange.Named(name).Open(server.Endpoint);
        var check = (await VenueCheck.RunAsync(venue, ["BTC/USDT"], default))!;
        check.Balances["USDT"].ShouldBe(1_000_000);
        check.ClockSkew.TotalMinutes.ShouldBe(60, 1);
        var instrument = check.Instruments.ShouldHaveSingleItem();
        (instrument.Symbol, instrument.Instrument.TickSize, instrument.Instrument.LotSize, instrument.Instrument.MinNotional)
            .ShouldBe(("BTC/USDT", 0.01, 0.001, TestExchange.Named(name).IsFutures ? 0 : 1));
        server.Market.Orders.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_instrument_that_is_not_listed_and_a_wrong_key_are_sentences_without_the_secret(string name)
    {
        await using var server = await ServerAsync(name);
        (await Should.ThrowAsync<InputException>(() => VenueCheck.RunAsync(TestExchange.Named(name).Open(server.Endpoint),
            ["NOSUCH-USDT"], default))).Message.ShouldStartWith($"broker '{name}' does not list NOSUCH-USDT");
        var open = TestExchange.Named(name);
        await using var venue = open.OpenWith(server.Endpoint, new ApiCredentials(VenueDialect.Key, "another secret", "another phrase"));
        var refused = await Should.ThrowAsync<InputException>(() => VenueCheck.RunAsync(venue, ["BTC-USDT"], default));
        refused.Message.ShouldContain("refuses the API key");
        refused.ToString().ShouldNotContain("another");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Key_secret_and_passphrase_are_in_no_journal_and_no_message(string name)
    {
        await using var server = await ServerAsync(name);
        var messages = new List<string>();
        await using (var broker = await ConnectAsync(name, server))
        {
            await broker.SubmitAsync(Buy());
            server.Faults.DropAfter = 1;
            messages.Add((await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.SubmitAsync(Buy()))).ToString());
            server.Faults.IsInMaintenance = true;
            messages.Add((await Should.ThrowAsync<BrokerUnavailableException>(async () => await broker.SubmitAsync(Buy()))).ToString());
        }
        messages.AddRange(Directory.GetFiles(_folder).Select(f => Encoding.UTF8.GetString(File.ReadAllBytes(f))));
        foreach (var message in messages)
            foreach (var secret in (string[])[VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase])
                message.ShouldNotContain(secret);
        TestVenue.Credentials.ToString().ShouldNotContain(VenueDialect.Key);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_stop_that_the_price_has_passed_closes_the_trade(string name)
    {
        await using var server = await ServerAsync(name);
        await using var broker = await ConnectAsync(name, server);
        var entry = Buy() with { Protection = new Protection(98, 0, 0, 0, 0, false) };
        server.Faults.IsInMaintenance = false;
        await broker.SubmitAsync(entry);
        await broker.PollAsync(0);
        await broker.MoveStopAsync(entry.ClientId, 103);
        await Eventually.HoldsAsync(async () => (await broker.PollAsync(0)).Any(e => e.Fill is { Leg: "stop" }));
        (await broker.SnapshotAsync()).Positions.ShouldBeEmpty();
    }
}
