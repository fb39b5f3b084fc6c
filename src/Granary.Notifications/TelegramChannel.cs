using System.Text.Json;

namespace Granary.Notifications;

/// <summary>
/// Sends notifications as messages of a Telegram bot, with the method <c>sendMessage</c> of the Bot API. The text has no markup, so
/// no character of it has a meaning.
/// </summary>
/// <param name="endpoint">The address of the Bot API server.</param>
/// <param name="token">The bot's token, which is a part of the address that is called.</param>
/// <param name="chat">The id of the chat, or the @name of a channel.</param>
internal sealed class TelegramChannel(string name, Uri endpoint, Secret token, string chat, SendLimit limit) : IChannel
{
    /// <summary>The maximum of the Bot API, in UTF-16 units.</summary>
    internal const int MostText = 4096;

    public string Name => name;

    public string Kind => "telegram";

    public string Host => endpoint.Host;

    public SendLimit Limit => limit;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            chat_id = chat,
            text = MessageText.Fit(MessageText.Whole(notification), MostText, static r => r.ToString()),
            link_preview_options = new { is_disabled = true },
        });
        var address = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/bot{token.Reveal()}/sendMessage");
        var answer = await ChannelHttp.PostAsync(address, body, cancellationToken).ConfigureAwait(false);
        var sentence = ChannelHttp.Sentence(Host, answer, answer.TextOf("description"), token);
        var json = answer.Json;
        if (answer.IsSuccess && json is { } taken && taken.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True)
            return sentence;
        if (answer.IsSuccess) throw new DeliveryException($"{Host} did not answer as the Bot API does; check 'endpoint'");
        JsonElement? parameters = json is { } refused && refused.TryGetProperty("parameters", out var found) ? found : null;
        throw ChannelHttp.Refusal(sentence, answer, ChannelAnswer.SecondsOf(parameters, "retry_after"), Remedy(answer, parameters));
    }

    private static string Remedy(ChannelAnswer answer, JsonElement? parameters) => (int)answer.Status switch
    {
        401 or 404 => "check the bot's token",
        403 => "start the bot in the chat, or add it to the group",
        _ when parameters is { ValueKind: JsonValueKind.Object } p && p.TryGetProperty("migrate_to_chat_id", out var moved) =>
            $"the group has become a supergroup: set 'chat' to {moved}",
        _ => "check 'chat'",
    };
}
