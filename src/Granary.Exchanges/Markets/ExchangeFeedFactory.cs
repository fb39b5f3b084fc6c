using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Exchanges.Feeds;
using Granary.Storage.Addresses;

namespace Granary.Exchanges.Markets;

/// <summary>Opens live feeds from the websockets of exchanges: <c>ws:EXCHANGE</c> or <c>ws:EXCHANGE?endpoint=URL</c>.</summary>
[LiveFeed(Address.WebSocket)]
internal sealed class ExchangeFeedFactory : ILiveFeedFactory
{
    /// <exception cref="BarDataException">The exchange is unknown, or the endpoint is not an address.</exception>
    public Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default)
    {
        var address = Address.Parse(request.Address);
        var name = address.Body;
        Uri? endpoint = null;
        if (address.Options(["endpoint"]).TryGetValue("endpoint", out var given) && !Uri.TryCreate(given, UriKind.Absolute, out endpoint))
            throw new BarDataException($"'{address}': the endpoint is not a valid address; write ws:{name}?endpoint=ws://HOST:PORT/");
        var exchange = ExchangeMarkets.Feeds.FirstOrDefault(f => f.Name == name)
            ?? throw new BarDataException($"'{address}': there is no exchange '{name}'; "
                + $"use {string.Join(", ", ExchangeMarkets.Feeds.Select(f => "ws:" + f.Name))}");
        return Task.FromResult<ILiveFeed>(new ExchangeFeed(new ExchangeFeedRequest
        {
            Exchange = exchange,
            Markets = request.Markets,
            Endpoint = endpoint,
            Clock = request.Clock,
        }));
    }
}
