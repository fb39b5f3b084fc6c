using System.Text;
using System.Text.Json;

namespace Granary.Notifications;

/// <summary>Sends notifications to a Slack channel through an incoming webhook.</summary>
/// <param name="url">The webhook's address; its path is the secret.</param>
internal sealed class SlackChannel(string name, Uri url, Secret secret, SendLimit limit) : IChannel
{
    /// <summary>Slack recommends at most 4000 characters, and cuts at 40000.</summary>
    internal const int MostText = 4000;

    public string Name => name;

    public string Kind => "slack";

    public string Host => url.Host;

    public SendLimit Limit => limit;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            text = MessageText.Fit(MessageText.Whole(notification), MostText, Write),
            mrkdwn = false,
            unfurl_links = false,
            unfurl_media = false,
        });
        var answer = await ChannelHttp.PostAsync(url, body, cancellationToken).ConfigureAwait(false);
        var sentence = ChannelHttp.Sentence(Host, answer, answer.Body, secret);
        return answer.IsSuccess ? sentence : throw ChannelHttp.Refusal(sentence, answer, null,
            "make a new incoming webhook in the settings of the Slack app, and replace the address");
    }

    // Slack reads &, < and > as the start of entities, links and mentions such as <!channel>.
    private static string Write(Rune character) => character.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => character.ToString(),
    };
}
