using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Kucoin;

/// <summary>KuCoin's REST interface: signatures, the envelope of every answer, and what its error codes mean.</summary>
/// <param name="credentials">Null for public requests alone.</param>
internal sealed class KucoinClient(string name, RestConnection rest, ApiCredentials? credentials, SigningClock clock) : IDisposable
{
    private const string Success = "200000", WrongTime = "400002", TooManyRequests = "429000";

    public SigningClock Clock => clock;

    /// <summary>Sends a request and gives the data of its answer.</summary>
    /// <exception cref="BrokerUnavailableException">No answer, or none that says whether the request was carried out.</exception>
    /// <exception cref="VenueRefusalException">KuCoin refuses the request.</exception>
    /// <exception cref="BrokerInputException">KuCoin refuses the key.</exception>
    public async Task<JsonElement> SendAsync(RestRequest request, CancellationToken cancellationToken)
    {
        var answer = await rest.SendAsync(request, request.IsSigned ? Sign : null, cancellationToken).ConfigureAwait(false);
        var (code, message, data) = Read(request, answer);
        if (code == Success) return data;
        if (code == WrongTime)
        {
            // Such a request was certainly not carried out.
            await MeasureClockAsync(cancellationToken).ConfigureAwait(false);
            answer = await rest.SendAsync(request, Sign, cancellationToken).ConfigureAwait(false);
            (code, message, data) = Read(request, answer);
            if (code == Success) return data;
            // It came too late, and can be sent again with a new time.
            if (code == WrongTime) throw new BrokerUnavailableException($"{name}: {message} ({code})");
        }
        if (code is ['4', '0', '0', '0', >= '0' and <= '1', _])
            throw new BrokerInputException($"broker '{name}': KuCoin refuses the API key: {message} ({code})");
        throw new VenueRefusalException(code, message);
    }

    public async Task MeasureClockAsync(CancellationToken cancellationToken) =>
        await clock.MeasureAsync(async stop => JsonFields.Milliseconds((await SendAsync(new RestRequest(HttpMethod.Get, "/api/v1/timestamp",
            Weight: 3, IsSigned: false), stop).ConfigureAwait(false)).GetInt64()), cancellationToken).ConfigureAwait(false);

    private void Sign(RestRequest request, HttpRequestMessage message)
    {
        var key = credentials!;
        var time = clock.Milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        message.Headers.TryAddWithoutValidation("KC-API-KEY", key.Key);
        message.Headers.TryAddWithoutValidation("KC-API-TIMESTAMP", time);
        message.Headers.TryAddWithoutValidation("KC-API-SIGN", Hash(key, time + request.Method.Method + request.Path + request.Body));
        message.Headers.TryAddWithoutValidation("KC-API-PASSPHRASE", Hash(key, key.Passphrase));
        message.Headers.TryAddWithoutValidation("KC-API-KEY-VERSION", "3");
    }

    private static string Hash(ApiCredentials key, string text) =>
        Convert.ToBase64String(HMACSHA256.HashData(key.Secret, Encoding.UTF8.GetBytes(text)));

    private (string Code, string Message, JsonElement Data) Read(RestRequest request, RestAnswer answer)
    {
        string code, message;
        JsonElement data;
        try
        {
            var root = JsonElement.Parse(answer.Body.Span);
            (code, message) = (root.Text("code"), root.Text("msg"));
            data = root.TryGetProperty("data", out var given) ? given : default;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new BrokerUnavailableException($"{name}: status {answer.Status} to {RestConnection.PathOf(request)}, without an answer "
                + "that can be read", e);
        }
        if (answer.Status == 429 || code == TooManyRequests)
        {
            var pause = double.TryParse(answer.Header("gw-ratelimit-reset"), out var ms)
                ? TimeSpan.FromMilliseconds(ms) : TimeSpan.FromSeconds(5);
            rest.Budget.Pause(pause < TimeSpan.FromMinutes(1) ? pause : TimeSpan.FromMinutes(1));
            throw new BrokerUnavailableException($"{name}: too many requests; nothing is sent for {pause.TotalSeconds:0.#} s");
        }
        if (answer.Status >= 500 || code.StartsWith('5'))
            throw new BrokerUnavailableException($"{name}: status {answer.Status} to {RestConnection.PathOf(request)}: {message} ({code})");
        return (code, message, data);
    }

    public void Dispose() => rest.Dispose();
}
