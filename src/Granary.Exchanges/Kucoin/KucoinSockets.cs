using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Kucoin;

/// <summary>
/// KuCoin's websockets: the client requests an address and a token, waits for the welcome message, and subscribes. The exchange
/// acknowledges each subscription.
/// </summary>
internal sealed class KucoinSockets(KucoinClient client)
{
    /// <summary>Returns the messages of some topics over one connection. The first news reports the connection, after all topics are
    /// acknowledged.</summary>
    public async IAsyncEnumerable<VenueNews> ReadAsync(IReadOnlyList<string> topics, bool isPrivate, Func<JsonElement, VenueNews?> parse,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(topics, isPrivate, cancellationToken).ConfigureAwait(false);
        var acknowledged = 0;
        await foreach (var bytes in client.ReadSocketAsync(plan, cancellationToken).ConfigureAwait(false))
        {
            var message = JsonElement.Parse(bytes.Span);
            switch (message.Text("type"))
            {
                case "error":
                    throw new VenueRefusalException(message.Text("code"), message.Text("data"));
                case "ack":
                    if (++acknowledged == topics.Count) yield return new VenueNews { Connected = true };
                    break;
                default:
                    if (parse(message) is { } news) yield return news;
                    break;
            }
        }
    }

    private async Task<SocketPlan> PlanAsync(IReadOnlyList<string> topics, bool isPrivate, CancellationToken cancellationToken)
    {
        var path = isPrivate ? "/api/v1/bullet-private" : "/api/v1/bullet-public";
        var data = await client.SendAsync(new RestRequest(HttpMethod.Post, path, "", Weight: 10, IsSigned: isPrivate)
        {
            ChangesAccount = false,
        }, cancellationToken).ConfigureAwait(false);
        var server = data.GetProperty("instanceServers")[0];
        var every = server.Whole("pingInterval") is > 0 and var ms ? TimeSpan.FromMilliseconds(ms) : TimeSpan.FromSeconds(18);
        var hello = topics.Select((topic, i) => JsonSerializer.Serialize(new
        {
            id = (i + 1).ToString(CultureInfo.InvariantCulture),
            type = "subscribe",
            topic,
            privateChannel = isPrivate,
            response = true,
        })).ToList();
        var address = new Uri($"{server.Text("endpoint")}?token={Uri.EscapeDataString(data.Text("token"))}&connectId=granary");
        return new SocketPlan(address, hello, IsWelcomed: true, every, () => JsonSerializer.Serialize(new
        {
            id = client.Clock.Milliseconds.ToString(CultureInfo.InvariantCulture),
            type = "ping",
        }));
    }
}
