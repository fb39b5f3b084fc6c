using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Gateio;

/// <summary>Gate.io's websockets. Each subscription is signed, and the exchange acknowledges it.</summary>
internal sealed class GateioSockets(GateioClient client)
{
    /// <summary>Returns the messages of some channels over one connection. The first news reports the connection, after all channels are
    /// acknowledged.</summary>
    public async IAsyncEnumerable<VenueNews> ReadAsync(Uri address,
        IReadOnlyList<(string Channel, IReadOnlyList<string> Payload)> channels,
        bool isPrivate, Func<JsonElement, IEnumerable<VenueNews>> parse, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var hello = channels.Select(c => Message(c.Channel, "subscribe", c.Payload, isPrivate)).ToList();
        var ping = channels[0].Channel.Split('.')[0] + ".ping";
        var plan = new SocketPlan(address, hello, IsWelcomed: false, TimeSpan.FromSeconds(10), () => Message(ping, "", [], false));
        var answered = 0;
        await foreach (var bytes in client.ReadSocketAsync(plan, cancellationToken).ConfigureAwait(false))
        {
            var message = JsonElement.Parse(bytes.Span);
            if (message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                throw error.Text("message").Contains("auth", StringComparison.OrdinalIgnoreCase)
                    ? new InputException($"broker '{client.Name}': Gate.io refuses the API key: {error.Text("message")}")
                    : new VenueRefusalException(error.Text("code"), error.Text("message"));
            if (message.Text("event") == "subscribe")
            {
                if (++answered == channels.Count) yield return new VenueNews { Connected = true };
                continue;
            }
            foreach (var news in parse(message)) yield return news;
        }
    }

    private string Message(string channel, string text, IReadOnlyList<string> payload, bool isSigned)
    {
        var seconds = client.Clock.Now.ToUnixTimeSeconds();
        var message = new JsonObject { ["time"] = seconds, ["channel"] = channel };
        if (text.Length > 0) message["event"] = text;
        if (payload.Count > 0) message["payload"] = new JsonArray([.. payload.Select(p => JsonValue.Create(p))]);
        if (isSigned)
            message["auth"] = new JsonObject
            {
                ["method"] = "api_key",
                ["KEY"] = client.Credentials.Key,
                ["SIGN"] = client.SignChannel(channel, text, seconds),
            };
        return message.ToJsonString();
    }
}
