using System.Net;
using System.Net.WebSockets;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Tests.Server;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>The way of a process to a venue.</summary>
internal sealed class VenueTransport(SimulatedProcess process, SimulatedVenue venue) : IExchangeTransport
{
    public HttpMessageHandler OpenRequests() => new Requests(process, venue);

    public async Task<WebSocket> OpenSocketAsync(Uri address, CancellationToken cancellationToken)
    {
        if (venue.Drawn.Draw(venue.Drawn.Losses)) await process.Never.WaitAsync(cancellationToken).ConfigureAwait(false);
        var socket = new VenueSocket(process, venue);
        await process.CallAsync("opens a websocket", venue.Way(), () =>
        {
            if (venue.Drawn.IsInMaintenance) throw new WebSocketException("the venue is in maintenance");
            venue.Accept(socket, address);
            return true;
        }, venue.Way()).WaitAsync(cancellationToken).ConfigureAwait(false);
        return socket;
    }

    private sealed class Requests(SimulatedProcess process, SimulatedVenue venue) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!;
            var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false) : "";
            var headers = request.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
            var call = new ApiCall(request.Method.Method, Uri.UnescapeDataString(address.AbsolutePath), address.Query.TrimStart('?'),
                headers, body);
            var faults = venue.Drawn;
            var there = faults.Draw(faults.Stalls) ? venue.LongWay() : venue.Way();
            var isLost = faults.Draw(faults.Losses);
            TimeSpan? back = faults.Draw(faults.Losses) ? null : faults.Draw(faults.Stalls) ? venue.LongWay() : venue.Way();
            if (isLost) await process.Never.WaitAsync(cancellationToken).ConfigureAwait(false);
            var reply = await process.CallAsync($"{call.Method} {call.Path}", there, () => venue.Handle(call), back)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            var answer = new HttpResponseMessage((HttpStatusCode)reply.Status) { Content = new StringContent(reply.Body) };
            foreach (var (name, value) in reply.Headers) answer.Headers.TryAddWithoutValidation(name, value);
            return answer;
        }
    }
}
