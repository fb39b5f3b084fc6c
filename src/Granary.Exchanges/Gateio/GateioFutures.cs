using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Gateio;

/// <summary>An account of USDT perpetual contracts at Gate.io. Order sizes are numbers of contracts, negative for a sell. The adapter
/// converts them to base units.</summary>
internal sealed class GateioFutures(ExchangeConnection connection, GateioClient client) : GateioVenue(Market, connection, client,
    new GateioWords("/futures/usdt", "contract", "contract", "/orders_timerange?", "trade_id", "create_time")), IFundingHistory
{
    private readonly PerpetualContracts _contracts = new(Market.Name, Market.Title);

    private readonly GateioSockets _sockets = new(client);

    /// <summary>Gate.io's USDT perpetual contracts.</summary>
    public static ExchangeMarket Market { get; } = new("gateio-futures", "Gate.io", "https://api.gateio.ws",
        PerpetualContracts.Capabilities(deadManSwitch: true, ordersPerMinute: 6000), (150, TimeSpan.FromSeconds(10)), c =>
            new GateioFutures(c, new GateioClient(c)));

    public override bool StopsHoldBalance => false;

    private Task<JsonElement> AccountsAsync(CancellationToken cancellationToken) => GetAsync("/accounts", cancellationToken);

    public override async Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken)
    {
        // A response proves that the key can read; the API does not report its other permissions.
        _ = await AccountsAsync(cancellationToken).ConfigureAwait(false);
        return new KeyPermissions([], null, null);
    }

    protected override async Task<IReadOnlyList<VenueInstrument>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync("/contracts", cancellationToken, isSigned: false).ConfigureAwait(false)).EnumerateArray()
            .Select(GateioFuturesParser.Instrument)];

    public override async Task PrepareAsync(VenueInstrument instrument, MarginTerms margin, CancellationToken cancellationToken)
    {
        if ((await AccountsAsync(cancellationToken).ConfigureAwait(false)).Flag("in_dual_mode"))
            throw _contracts.HedgeMode();
        // A leverage of 0 means cross margin.
        var query = margin.IsCross ? FormattableString.Invariant($"leverage=0&cross_leverage_limit={margin.Leverage}")
            : FormattableString.Invariant($"leverage={margin.Leverage}");
        try
        {
            await SendAsync(HttpMethod.Post, $"/positions/{instrument.Listed}/leverage?{query}", null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (VenueRefusalException e)
        {
            throw _contracts.MarginRefused(instrument.Listed, margin, e);
        }
    }

    protected override VenueOrderState Order(JsonElement order) => GateioFuturesParser.Order(order, Contract);

    protected override (Side Side, decimal Quantity) Triggers(JsonElement stop)
    {
        var order = stop.GetProperty("initial");
        var size = order.Decimal("size");
        return (GateioFuturesParser.SideOf(size), Math.Abs(size) * Contract(order.Text("contract")));
    }

    protected override Task<JsonObject> BodyAsync(VenueOrder order, CancellationToken cancellationToken) => Task.FromResult(Body(order));

    // A price of 0 means a market order.
    private static JsonObject Body(VenueOrder order) => new()
    {
        ["contract"] = order.Instrument.Listed,
        ["size"] = (int)order.Side * (long)(order.Quantity / order.Instrument.Contract),
        ["price"] = Plain(order.LimitPrice),
        ["tif"] = Force(order),
        ["reduce_only"] = order.ReduceOnly,
    };

    protected override JsonObject StopBody(VenueOrder order) => new()
    {
        ["initial"] = Body(order),
        // Rule 1 triggers when the last price rises to the trigger price, rule 2 when it falls to it.
        ["trigger"] = new JsonObject { ["strategy_type"] = 0, ["price_type"] = 0, ["rule"] = order.TriggersAbove ? 1 : 2 },
    };

    public override async Task<IReadOnlyList<VenueFill>> FillsAsync(VenueOrder order, CancellationToken cancellationToken) =>
        [.. (await PagesAsync($"/my_trades?contract={order.Instrument.Listed}&order={order.VenueId}", cancellationToken)
            .ConfigureAwait(false)).Select(t => GateioFuturesParser.Fill(t, Contract))];

    private async Task<List<JsonElement>> PagesAsync(string path, CancellationToken cancellationToken)
    {
        const int Size = 100;
        var items = new List<JsonElement>();
        while (true)
        {
            var page = await GetAsync(FormattableString.Invariant($"{path}&limit={Size}&offset={items.Count}"), cancellationToken)
                .ConfigureAwait(false);
            items.AddRange(page.EnumerateArray());
            if (page.GetArrayLength() < Size) return items;
        }
    }

    public override async Task<IReadOnlyList<VenueFill>> ForcedFillsAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) =>
        [.. (await PagesAsync(FormattableString.Invariant(
            $"/my_trades_timerange?contract={instrument.Listed}&from={since.ToUnixTimeSeconds()}"), cancellationToken)
            .ConfigureAwait(false)).Where(GateioFuturesParser.IsForced).Select(t => GateioFuturesParser.Fill(t, Contract))];

    public override async Task<IReadOnlyList<FundingPayment>> FundingAsync(VenueInstrument instrument, DateTimeOffset since,
        CancellationToken cancellationToken) =>
        [.. (await PagesAsync(FormattableString.Invariant(
            $"/account_book?contract={instrument.Listed}&type=fund&from={since.ToUnixTimeSeconds()}"), cancellationToken)
            .ConfigureAwait(false)).Select(GateioFuturesParser.Funding)];

    public override async Task<VenueAccount> AccountAsync(CancellationToken cancellationToken)
    {
        var account = await AccountsAsync(cancellationToken).ConfigureAwait(false);
        var positions = await PagesAsync("/positions?holding=true", cancellationToken).ConfigureAwait(false);
        return PerpetualContracts.Account(account.Decimal("total"), positions.Select(p =>
        {
            var held = p.Decimal("size") * Contract(p.Text("contract"));
            return (p.Text("contract"), held, held * p.Decimal("entry_price"));
        }));
    }

    public override async Task<decimal> PriceAsync(string currency, string quote, CancellationToken cancellationToken)
    {
        // A point is worth one US dollar by definition.
        if (currency == "POINT") return 1;
        if (Listed(currency, quote) is not { } listed) return 0;
        var ticker = await GetAsync($"/tickers?contract={listed}", cancellationToken, isSigned: false).ConfigureAwait(false);
        return ticker.GetArrayLength() > 0 ? ticker[0].Decimal("last") : 0;
    }

    public override int PageSize => 1999;

    public override async Task<IReadOnlyList<Bar>> PageAsync(VenueInstrument instrument, Timeframe timeframe, DateTimeOffset from,
        DateTimeOffset to, CancellationToken cancellationToken)
    {
        // The response includes both ends of the range.
        var data = await GetAsync(
            FormattableString.Invariant($"/candlesticks?contract={instrument.Listed}&interval={GateioSpotParser.Interval(timeframe)}")
            + FormattableString.Invariant($"&from={from.ToUnixTimeSeconds()}&to={to.ToUnixTimeSeconds() - 1}"), cancellationToken,
            isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(c => GateioFuturesParser.Candle(c, instrument.Contract))];
    }

    public int FundingHours => 1000;

    public async Task<IReadOnlyList<FundingRow>> FundingRatesAsync(VenueInstrument instrument, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        var data = await GetAsync(FormattableString.Invariant($"/funding_rate?contract={instrument.Listed}&limit={FundingHours}")
            + FormattableString.Invariant($"&from={from.ToUnixTimeSeconds()}&to={to.ToUnixTimeSeconds() - 1}"), cancellationToken,
            isSigned: false).ConfigureAwait(false);
        return [.. data.EnumerateArray().Select(GateioFuturesParser.FundingRate)];
    }

    // Gate.io's websockets have their own host.
    private Uri Socket => Endpoint.Host switch
    {
        "api.gateio.ws" => new Uri("wss://fx-ws.gateio.ws/v4/ws/usdt"),
        "api-testnet.gateapi.io" => new Uri("wss://ws-testnet.gate.com/v4/ws/futures/usdt"),
        _ => SocketAddress("/v4/ws/usdt"),
    };

    public override async IAsyncEnumerable<VenueNews> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The private channels require the account's user number.
        var user = (await AccountsAsync(cancellationToken).ConfigureAwait(false)).Text("user");
        await foreach (var news in _sockets.ReadAsync(Socket, [("futures.orders", [user, "!all"]), ("futures.usertrades", [user, "!all"])],
            isPrivate: true, m => GateioFuturesParser.News(m, Contract), cancellationToken).ConfigureAwait(false))
            yield return news;
    }

    public override IAsyncEnumerable<VenueNews> WatchAsync(IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken) => _sockets.ReadAsync(Socket, [("futures.tickers", [.. instruments.Select(i => i.Listed)])],
            isPrivate: false, m => GateioFuturesParser.News(m, Contract), cancellationToken);
}
