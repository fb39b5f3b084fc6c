using Granary.Engine.Market.Feeds;
using Granary.Storage.Addresses;

namespace Granary.Data.Exchanges;

/// <summary>Opens live feeds from the websockets of exchanges.</summary>
[LiveFeed(Address.WebSocket)]
public sealed class ExchangeFeedFactory : ILiveFeedFactory
{
    public Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult<ILiveFeed>(ExchangeFeed.Open(Address.Parse(request.Address), request.Markets, request.Clock));
}
