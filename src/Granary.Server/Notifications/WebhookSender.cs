using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Granary.Server.Notifications;

/// <summary>
/// Posts notifications as JSON. The header <see cref="SignatureHeader"/> is <c>v1=</c> and the HMAC-SHA256, in hex, of the timestamp in
/// <see cref="TimestampHeader"/>, a dot and the body. Receivers should reject messages that are unsigned or older than a few minutes.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    public const string SignatureHeader = "Granary-Signature", TimestampHeader = "Granary-Timestamp", IdHeader = "Granary-Id";

    private readonly TimeProvider _clock;
    // A redirect could lead to an address that the operator did not configure.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5)
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public WebhookSender(TimeProvider clock) => _clock = clock;

    /// <summary>Makes one delivery attempt.</summary>
    /// <exception cref="HttpRequestException">The receiver is unreachable, or did not respond with a status of 200 to 299.</exception>
    /// <exception cref="TaskCanceledException">The receiver did not respond within 10 s.</exception>
    public async Task SendAsync(Webhook webhook, Notification notification, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = notification.Id,
            @event = NotificationSettings.WordOf(notification.Event),
            subject = notification.Subject,
            text = notification.Text,
            at = notification.At,
        });
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdHeader, notification.Id);
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, Sign(webhook.Secret, timestamp, body));
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{webhook.Url.Host} answered with {(int)answer.StatusCode}", null, answer.StatusCode);
    }

    /// <summary>Sends a test notification.</summary>
    /// <returns>Why the receiver did not take it; null if it did.</returns>
    public async Task<string?> TestAsync(Webhook webhook, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var test = Notification.Of(NotificationEvent.Test, webhook.Name, now.ToString("O"), "This is a test of the notifications.", now);
        try
        {
            await SendAsync(webhook, test, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException || e is TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return e.Message.TrimEnd('.');
        }
    }

    /// <summary>Returns the signature of a body.</summary>
    public static string Sign(byte[] secret, string timestamp, ReadOnlySpan<byte> body) => "v1=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(secret, (byte[])[.. Encoding.UTF8.GetBytes(timestamp + "."), .. body]));

    public void Dispose() => _client.Dispose();
}
