using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Kucoin;

/// <summary>Base of KuCoin's markets.</summary>
internal abstract class KucoinVenue(ExchangeMarket market, ExchangeConnection connection, KucoinClient client)
    : ExchangeVenue(market, connection, client)
{
    private static readonly Uri Main = new("https://api.kucoin.com"), FuturesHost = new("https://api-futures.kucoin.com");

    private readonly KucoinSockets _sockets = new(client);

    /// <summary>The permission for trading this market.</summary>
    protected abstract string Permission { get; }

    public override int ClientIdLength => 40;

    protected KucoinClient Client { get; } = client;

    public override async Task<KeyPermissions> PermissionsAsync(CancellationToken cancellationToken)
    {
        // KuCoin's main address serves the permissions of the key.
        var key = await Client.SendAsync(new RestRequest(HttpMethod.Get, "/api/v1/user/api-key", Weight: 20)
        {
            Host = Endpoint.Host == FuturesHost.Host ? Main : null,
        }, cancellationToken).ConfigureAwait(false);
        var names = key.Text("permission").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // The permission "Transfer" can also move funds to other accounts.
        return new KeyPermissions(names, names.Contains(Permission) || names.Contains("Trade"),
            names.Any(n => n is "Transfer" or "FlexTransfers" or "Withdrawal" or "Withdraw"));
    }

    /// <summary>Creates the order fields that all markets have.</summary>
    protected static JsonObject Body(VenueOrder order)
    {
        var body = new JsonObject
        {
            ["clientOid"] = order.SentId,
            ["symbol"] = order.Instrument.Listed,
            ["side"] = order.Side == Side.Buy ? "buy" : "sell",
            ["type"] = order.Type.HasLimit() ? "limit" : "market",
        };
        if (order.Type.HasLimit())
        {
            body["price"] = Plain(order.LimitPrice);
            body["timeInForce"] = order.TimeInForce switch
            {
                TimeInForce.ImmediateOrCancel => "IOC",
                TimeInForce.FillOrKill => "FOK",
                TimeInForce.GoodTillCancelled or TimeInForce.Day or TimeInForce.GoodTillDate => "GTC",
            };
        }
        if (order.Type.HasStop()) body["stopPrice"] = Plain(order.StopPrice);
        return body;
    }

    /// <summary>Sends an order.</summary>
    /// <exception cref="BrokerUnavailableException">KuCoin has the order already, or received it too late.</exception>
    protected async Task<string> PlaceAsync(string path, JsonObject body, VenueOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var data = await Client.SendAsync(new RestRequest(HttpMethod.Post, path, body.ToJsonString()) { ValidUntil = order.ValidUntil },
                cancellationToken).ConfigureAwait(false);
            return data.Text("orderId");
        }
        catch (VenueRefusalException e) when (Says(e, "time window"))
        {
            throw new BrokerUnavailableException($"{Name}: order {order.SentId} came too late", e);
        }
        catch (VenueRefusalException e) when (Says(e, "clientOid") && (Says(e, "duplicate") || Says(e, "exist")))
        {
            throw new BrokerUnavailableException($"{Name}: it has an order {order.SentId} already; its state is requested", e);
        }
    }

    private static bool Says(VenueRefusalException e, string words) => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a rejection means that the order does not exist.</summary>
    protected static bool IsMissing(VenueRefusalException e) =>
        e.Message.Replace(" ", "").Replace("_", "").Contains("notexist", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the account's private messages; the first news reports the connection.</summary>
    protected IAsyncEnumerable<VenueNews> ListenAsync(IReadOnlyList<string> topics, Func<JsonElement, VenueNews?> parse,
        CancellationToken cancellationToken) => _sockets.ReadAsync(topics, isPrivate: true, parse, cancellationToken);

    /// <summary>Returns public messages; the first news reports the connection.</summary>
    protected IAsyncEnumerable<VenueNews> WatchAsync(string topic, IReadOnlyList<VenueInstrument> instruments,
        Func<JsonElement, VenueNews?> parse, CancellationToken cancellationToken) => _sockets.ReadAsync(
            [$"{topic}:{string.Join(',', instruments.Select(i => i.Listed))}"], isPrivate: false, parse, cancellationToken);
}
