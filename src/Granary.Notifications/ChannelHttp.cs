using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Granary.Notifications;

/// <summary>An answer of a receiver over HTTP.</summary>
/// <param name="Body">Its first characters.</param>
/// <param name="RetryAfter">The pause of its header Retry-After; null without one.</param>
internal sealed record ChannelAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as a JSON object; null if it is none.</summary>
    public JsonElement? Json
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Body);
                return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>A text of the body; null if it has none of this name.</summary>
    public string? TextOf(string name) =>
        Json is { } json && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Seconds of the body; null if it has none of this name.</summary>
    public static TimeSpan? SecondsOf(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 1e6 and var seconds
            ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>Posts messages to receivers over HTTP. Their addresses may be secrets, so no error and no trace has one.</summary>
internal static class ChannelHttp
{
    private const int MostBody = 4096, MostWords = 200;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // A redirect could lead to an address that the operator did not configure. Without a propagator the handler records no span, which
    // would have the address.
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    /// <summary>Posts a JSON body.</summary>
    /// <inheritdoc cref="PostAsync(HttpRequestMessage, CancellationToken)"/>
    public static async Task<ChannelAnswer> PostAsync(Uri address, byte[] json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        return await PostAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="DeliveryException">The receiver cannot be reached, or did not answer within 10 s.</exception>
    public static async Task<ChannelAnswer> PostAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var host = request.RequestUri!.Host;
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timed.CancelAfter(Timeout);
        string fault;
        try
        {
            using var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timed.Token).ConfigureAwait(false);
            return new ChannelAnswer(answer.StatusCode, await BodyAsync(answer, timed.Token).ConfigureAwait(false),
                answer.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"{host} did not answer within {Timeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var error = e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var known } ? $"{known}" : "I/O";
            fault = $"{host} cannot be reached ({error}: {(e.InnerException ?? e).Message.TrimEnd('.')})";
        }
        // The exception itself is left out: it may have the address.
        throw new DeliveryException(fault);
    }

    private static async Task<string> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closed = stream.ConfigureAwait(false);
        var bytes = new byte[MostBody];
        var read = await stream.ReadAtLeastAsync(bytes, MostBody, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    /// <summary>Returns the answer as a sentence, with the receiver's own words if it gave any.</summary>
    public static string Sentence(string host, ChannelAnswer answer, string? words, Secret secret)
    {
        var said = secret.Hide(MessageText.OneLine(words ?? "")).Trim().TrimEnd('.');
        return string.Create(CultureInfo.InvariantCulture, $"{host} answered with {(int)answer.Status}")
            + (said.Length == 0 ? "" : ": " + MessageText.Fit(said, MostWords, static r => r.ToString()));
    }

    /// <summary>
    /// Returns the exception for the refusal of a chat service: all statuses of 400 to 499 but those for a later time are final.
    /// </summary>
    public static DeliveryException Refusal(string sentence, ChannelAnswer answer, TimeSpan? pause, string remedy)
    {
        var permanent = (int)answer.Status is >= 400 and < 500 and not (408 or 425 or 429);
        return new DeliveryException(permanent ? $"{sentence}; {remedy}" : sentence)
        {
            IsPermanent = permanent,
            Pause = answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? pause ?? answer.RetryAfter
                : null,
        };
    }
}
