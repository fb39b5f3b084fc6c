using System.Text;
using System.Text.Json;

namespace Granary.Notifications;

/// <summary>Sends notifications to a Discord channel through an incoming webhook.</summary>
/// <param name="url">The webhook's address; its path is the secret.</param>
internal sealed class DiscordChannel(string name, Uri url, Secret secret, SendLimit limit) : IChannel
{
    /// <summary>The maximum of <c>content</c>; Discord counts characters, and UTF-16 units are at least as many.</summary>
    internal const int MostText = 2000;

    private const int SuppressEmbeds = 4;

    public string Name => name;

    public string Kind => "discord";

    public string Host => url.Host;

    public SendLimit Limit => limit;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            content = MessageText.Fit(MessageText.Whole(notification), MostText, Write),
            allowed_mentions = new { parse = Array.Empty<string>() },
            flags = SuppressEmbeds,
        });
        var answer = await ChannelHttp.PostAsync(url, body, cancellationToken).ConfigureAwait(false);
        var sentence = ChannelHttp.Sentence(Host, answer, answer.TextOf("message"), secret);
        return answer.IsSuccess ? sentence : throw ChannelHttp.Refusal(sentence, answer,
            ChannelAnswer.SecondsOf(answer.Json, "retry_after"), "make a new webhook in the channel's settings, and replace the address");
    }

    // A backslash takes the meaning from a character of Markdown, a mention or a link.
    private static string Write(Rune character) => "\\*_~`|>#-[]()<@:".Contains((char)Math.Min(character.Value, char.MaxValue))
        ? "\\" + character : character.ToString();
}
