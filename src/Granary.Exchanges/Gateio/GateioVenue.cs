using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;
using static Granary.Exchanges.Connections.JsonFields;

namespace Granary.Exchanges.Gateio;

/// <summary>Base of Gate.io's markets: orders have a text that we set, and price-triggered orders have none.</summary>
internal abstract class GateioVenue(ExchangeMarket market, ExchangeConnection connection, GateioClient client, GateioWords words)
    : ExchangeVenue(market, connection, client)
{
    private static readonly TimeSpan TriggerLife = TimeSpan.FromDays(30);

    /// <summary>The prefix of custom order texts.</summary>
    public const string Custom = "t-";

    /// <summary>The prefix of ids of price-triggered orders, which have a separate list.</summary>
    private const char Triggered = 'p';

    protected GateioClient Client { get; } = client;

    public override int ClientIdLength => 28;

    public override int LatestCandles => 10_000;

    /// <summary>Parses an order of the market's list, or of its websocket.</summary>
    protected abstract VenueOrderState Order(JsonElement order);

    /// <summary>Returns the side and quantity, in base units, of the order that a price-triggered order sends.</summary>
    protected abstract (Side Side, decimal Quantity) Triggers(JsonElement stop);

    /// <summary>Sends a GET request to a path of the market.</summary>
    protected Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken, bool isSigned = true) =>
        Client.GetAsync($"{GateioClient.Prefix}{words.Path}{path}", cancellationToken, isSigned: isSigned);

    /// <summary>Sends a request to a path of the market.</summary>
    protected Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken,
        DateTimeOffset? validUntil = null) => Client.SendAsync(new RestRequest(method, $"{GateioClient.Prefix}{words.Path}{path}",
            body?.ToJsonString())
        { ValidUntil = validUntil }, cancellationToken);

    private Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken) => Client.FindAsync(
        $"{GateioClient.Prefix}{words.Path}{path}", e => e.Code is "ORDER_NOT_FOUND" or "AUTO_ORDER_NOT_FOUND", cancellationToken);

    public override async Task<string> PlaceAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (order.Type.HasStop()) return await PlaceStopAsync(order, cancellationToken).ConfigureAwait(false);
        var body = await BodyAsync(order, cancellationToken).ConfigureAwait(false);
        body["text"] = Custom + order.SentId;
        var data = await SendAsync(HttpMethod.Post, "/orders", body, cancellationToken, order.ValidUntil).ConfigureAwait(false);
        return data.Text("id");
    }

    private async Task<string> PlaceStopAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        var body = StopBody(order);
        var trigger = body["trigger"]!.AsObject();
        trigger["price"] = Plain(order.StopPrice);
        trigger["expiration"] = (int)TriggerLife.TotalSeconds;
        var data = await SendAsync(HttpMethod.Post, "/price_orders", body, cancellationToken, order.ValidUntil).ConfigureAwait(false);
        return Triggered + data.Text("id");
    }

    /// <summary>Creates the fields of an order without its text.</summary>
    protected abstract Task<JsonObject> BodyAsync(VenueOrder order, CancellationToken cancellationToken);

    /// <summary>Creates the fields of a price-triggered order without the trigger's price and lifetime.</summary>
    protected abstract JsonObject StopBody(VenueOrder order);

    /// <summary>Returns Gate.io's name of a time in force.</summary>
    protected static string Force(VenueOrder order) => !order.Type.HasLimit() ? "ioc" : order.TimeInForce switch
    {
        TimeInForce.ImmediateOrCancel => "ioc",
        TimeInForce.FillOrKill => "fok",
        TimeInForce.GoodTillCancelled or TimeInForce.Day or TimeInForce.GoodTillDate => "gtc",
    };

    public override async Task<VenueOrderState?> CancelAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (order.VenueId.StartsWith(Triggered))
        {
            var stop = await SendAsync(HttpMethod.Delete, $"/price_orders/{order.VenueId[1..]}", null, cancellationToken)
                .ConfigureAwait(false);
            return stop.Text("status") == "open" ? null : Stop(stop, order.SentId);
        }
        var data = await SendAsync(HttpMethod.Delete, $"/orders/{PathOf(order)}", null, cancellationToken).ConfigureAwait(false);
        return Order(data) with { ClientId = order.SentId };
    }

    private string PathOf(VenueOrder order) =>
        $"{(order.VenueId.Length > 0 ? order.VenueId : Custom + order.SentId)}?{words.Pair}={order.Instrument.Listed}";

    public override async Task<VenueOrderState?> FindAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        if (order.VenueId.StartsWith(Triggered) || order is { IsStop: true, VenueId: "" })
            return await FindStopAsync(order, cancellationToken).ConfigureAwait(false);
        if (await FindAsync($"/orders/{PathOf(order)}", cancellationToken).ConfigureAwait(false) is { } known)
            return Order(known) with { ClientId = order.SentId };
        if (order.VenueId.Length > 0) return null;
        // Gate.io drops an order's custom text some time after its end; the list of ended orders still has it.
        var (from, to) = (order.SentAt.ToUnixTimeSeconds() - 60, order.SentAt.ToUnixTimeSeconds() + 600);
        var ended = await GetAsync(FormattableString.Invariant(
            $"{words.Ended}{words.Pair}={order.Instrument.Listed}&from={from}&to={to}&limit=100"), cancellationToken).ConfigureAwait(false);
        return ended.EnumerateArray().Select(Order).FirstOrDefault(o => o.ClientId == order.SentId);
    }

    // A price-triggered order has no custom text; without its id it is identified by its content.
    private async Task<VenueOrderState?> FindStopAsync(VenueOrder order, CancellationToken cancellationToken)
    {
        JsonElement? found = null;
        if (order.VenueId.Length > 0)
            found = await FindAsync($"/price_orders/{order.VenueId[1..]}", cancellationToken).ConfigureAwait(false);
        else
            foreach (var status in (string[])["open", "finished"])
                found ??= (await StopsAsync(status, order.Instrument, cancellationToken).ConfigureAwait(false)).EnumerateArray()
                    .Where(o => IsSame(o, order)).Cast<JsonElement?>().FirstOrDefault();
        if (found is not { } stop) return null;
        if (stop.Text("status") is "open" || stop.Whole(words.Fired) == 0) return Stop(stop, order.SentId);
        var fired = await FindAsync($"/orders/{stop.Text(words.Fired)}?{words.Pair}={order.Instrument.Listed}", cancellationToken)
            .ConfigureAwait(false);
        return fired is { } child ? Order(child) with { ClientId = order.SentId } : null;
    }

    private Task<JsonElement> StopsAsync(string status, VenueInstrument instrument, CancellationToken cancellationToken) =>
        GetAsync($"/price_orders?status={status}&{words.StopPair}={instrument.Listed}&limit=100", cancellationToken);

    private bool IsSame(JsonElement stop, VenueOrder order) => Triggers(stop) == (order.Side, order.Quantity)
        && stop.GetProperty("trigger").Decimal("price") == order.StopPrice
        && stop.Whole(words.Created) >= order.SentAt.ToUnixTimeSeconds() - 60
        && !order.IsTaken(Triggered + stop.Text("id")) && !order.IsTaken(stop.Text(words.Fired));

    // Parses a price-triggered order that has not been triggered.
    private VenueOrderState Stop(JsonElement stop, string clientId)
    {
        var isOpen = stop.Text("status") == "open";
        return new VenueOrderState(clientId, Triggered + stop.Text("id"), stop.Text(words.StopPair),
            isOpen ? OrderState.Submitted : OrderState.Cancelled, 0,
            isOpen ? "" : $"Gate.io: {stop.Text("status")} {stop.Text("reason")}".TrimEnd());
    }

    public override async Task<IReadOnlyList<VenueOrderState>> OpenOrdersAsync(VenueInstrument instrument,
        CancellationToken cancellationToken)
    {
        var open = await GetAsync($"/orders?{words.Pair}={instrument.Listed}&status=open&limit=100", cancellationToken)
            .ConfigureAwait(false);
        var stops = await StopsAsync("open", instrument, cancellationToken).ConfigureAwait(false);
        return [.. open.EnumerateArray().Select(Order), .. stops.EnumerateArray().Select(s => Stop(s, ""))];
    }

    /// <summary>Returns the client id in an order's text; empty if the text is not Granary's.</summary>
    public static string ClientId(JsonElement order) =>
        order.Text("text") is var text && text.StartsWith(Custom, StringComparison.Ordinal) ? text[Custom.Length..] : "";

    public override async Task CancelAllAfterAsync(TimeSpan timeout, IReadOnlyList<VenueInstrument> instruments,
        CancellationToken cancellationToken)
    {
        foreach (var instrument in instruments)
            await SendAsync(HttpMethod.Post, "/countdown_cancel_all", new JsonObject
            {
                ["timeout"] = timeout > TimeSpan.Zero ? Math.Max(5, (int)timeout.TotalSeconds) : 0,
                [words.Pair] = instrument.Listed,
            }, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Names that differ between Gate.io's markets.</summary>
/// <param name="Path">Behind the prefix.</param>
/// <param name="Pair">The field of an order's instrument.</param>
/// <param name="StopPair">The field of a price-triggered order's instrument in lists.</param>
/// <param name="Ended">The list of ended orders in a time range, with the separator before further parameters.</param>
/// <param name="Fired">The field of the order that a trigger sent.</param>
/// <param name="Created">The field of a price-triggered order's time.</param>
internal sealed record GateioWords(string Path, string Pair, string StopPair, string Ended, string Fired, string Created);
