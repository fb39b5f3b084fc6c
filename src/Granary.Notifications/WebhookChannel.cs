using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Granary.Notifications;

/// <summary>
/// Posts notifications as JSON to a program of the operator. The header <see cref="SignatureHeader"/> is <c>v1=</c> and the HMAC-SHA256, in
/// hex, of the timestamp in <see cref="TimestampHeader"/>, a dot and the body. Receivers should reject messages that are unsigned or older
/// than a few minutes.
/// </summary>
/// <param name="key">The key for the signature.</param>
internal sealed class WebhookChannel(string name, Uri url, Secret key, SendLimit limit) : IChannel
{
    public const string SignatureHeader = "Granary-Signature", TimestampHeader = "Granary-Timestamp", IdHeader = "Granary-Id";

    public string Name => name;

    public string Kind => "webhook";

    public string Host => url.Host;

    public SendLimit Limit => limit;

    /// <inheritdoc/>
    /// <remarks>Only 410 is final: a program of the operator may answer with 401 or 404 while it is being repaired.</remarks>
    public async Task<string> SendAsync(Notification notification, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = notification.Id,
            @event = NotificationSettings.WordOf(notification.Event),
            subject = notification.Subject,
            text = notification.Text,
            at = notification.At,
        });
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdHeader, notification.Id);
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, Sign(Encoding.UTF8.GetBytes(key.Reveal()), timestamp, body));
        var answer = await ChannelHttp.PostAsync(request, cancellationToken).ConfigureAwait(false);
        var sentence = ChannelHttp.Sentence(Host, answer, null, key);
        return answer.IsSuccess ? sentence : throw new DeliveryException(sentence)
        {
            IsPermanent = answer.Status == HttpStatusCode.Gone,
            Pause = answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? answer.RetryAfter : null,
        };
    }

    /// <summary>Returns the signature of a body.</summary>
    public static string Sign(byte[] secret, string timestamp, ReadOnlySpan<byte> body) => "v1=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(secret, (byte[])[.. Encoding.UTF8.GetBytes(timestamp + "."), .. body]));
}
