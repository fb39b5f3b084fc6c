using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Binance;

/// <summary>Binance's REST interface: parameters that are signed with time and window, and what its error codes mean.</summary>
/// <param name="credentials">Null for public requests alone.</param>
internal sealed class BinanceClient(string name, RestConnection rest, ApiCredentials? credentials, SigningClock clock) : IDisposable
{
    private const string WrongTime = "-1021";

    public SigningClock Clock => clock;

    public string Key => credentials!.Key;

    /// <summary>Sends a request and gives its answer.</summary>
    /// <exception cref="BrokerUnavailableException">No answer, or none that says whether the request was carried out.</exception>
    /// <exception cref="VenueRefusalException">Binance refuses the request.</exception>
    /// <exception cref="BrokerInputException">Binance refuses the key.</exception>
    public async Task<JsonElement> SendAsync(RestRequest request, CancellationToken cancellationToken)
    {
        var answer = await rest.SendAsync(request, request.IsSigned ? Sign : null, cancellationToken).ConfigureAwait(false);
        var root = Read(request, answer);
        if (answer.IsSuccess) return root;
        var (code, message) = (root.Text("code"), root.Text("msg"));
        if (code == WrongTime)
        {
            // Such a request was certainly not carried out.
            await MeasureClockAsync(cancellationToken).ConfigureAwait(false);
            answer = await rest.SendAsync(request, Sign, cancellationToken).ConfigureAwait(false);
            root = Read(request, answer);
            if (answer.IsSuccess) return root;
            (code, message) = (root.Text("code"), root.Text("msg"));
            // It came too late, and can be sent again with a new time.
            if (code == WrongTime) throw new BrokerUnavailableException($"{name}: {message} ({code})");
        }
        if (code is "-2014" or "-2015" or "-1022" or "-1002")
            throw new BrokerInputException($"broker '{name}': Binance refuses the API key: {message} ({code})");
        // The outcome of these is unknown, as of a status above 500.
        if (code is "-1000" or "-1001" or "-1006" or "-1007" or "-1008" or "-1016")
            throw new BrokerUnavailableException($"{name}: {message} ({code})");
        throw new VenueRefusalException(code, message);
    }

    public async Task MeasureClockAsync(CancellationToken cancellationToken) =>
        await clock.MeasureAsync(async stop => JsonFields.Milliseconds((await SendAsync(new RestRequest(HttpMethod.Get, "/api/v3/time",
            IsSigned: false), stop).ConfigureAwait(false)).Whole("serverTime")), cancellationToken).ConfigureAwait(false);

    /// <summary>HMAC-SHA256 in hexadecimal digits.</summary>
    public string Hash(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(credentials!.Secret, Encoding.UTF8.GetBytes(text)));

    private void Sign(RestRequest request, HttpRequestMessage message)
    {
        message.Headers.TryAddWithoutValidation("X-MBX-APIKEY", credentials!.Key);
        var now = clock.Now;
        var window = request.ValidUntil is { } until ? Math.Clamp((long)(until - now).TotalMilliseconds, 1, 60_000) : 5000;
        var timing = FormattableString.Invariant($"recvWindow={window}&timestamp={now.ToUnixTimeMilliseconds()}");
        if (request.Body is { } body)
        {
            var text = body + "&" + timing;
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{text}&signature={Hash(text)}"));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
            return;
        }
        var question = request.Path.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? timing : request.Path[(question + 1)..] + "&" + timing;
        message.RequestUri = new Uri($"{RestConnection.PathOf(request)}?{query}&signature={Hash(query)}", UriKind.Relative);
    }

    private JsonElement Read(RestRequest request, RestAnswer answer)
    {
        if (answer.Status is 429 or 418)
        {
            var seconds = double.TryParse(answer.Header("Retry-After"), CultureInfo.InvariantCulture, out var after) ? after : 10;
            rest.Budget.Pause(TimeSpan.FromSeconds(Math.Clamp(seconds, 0.1, 600)));
            throw new BrokerUnavailableException($"{name}: too many requests; nothing is sent for {seconds:0.#} s");
        }
        if (answer.Status >= 500)
            throw new BrokerUnavailableException($"{name}: status {answer.Status} to {RestConnection.PathOf(request)}");
        try
        {
            return JsonElement.Parse(answer.Body.Span);
        }
        catch (JsonException e)
        {
            throw new BrokerUnavailableException(
                $"{name}: status {answer.Status} to {RestConnection.PathOf(request)}, without an answer that can be read", e);
        }
    }

    public void Dispose() => rest.Dispose();
}
