using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Data.Brokers;
using Granary.Engine.Brokerage;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Gateio;

/// <summary>Gate.io's REST interface, version 4: signatures, and what its labels of errors mean.</summary>
/// <param name="credentials">Null for public requests alone.</param>
internal sealed class GateioClient(string name, RestConnection rest, ApiCredentials? credentials, SigningClock clock) : IDisposable
{
    private const string Prefix = "/api/v4", Expired = "REQUEST_EXPIRED";

    public SigningClock Clock => clock;

    /// <summary>Sends a request and gives its answer.</summary>
    /// <param name="request">Its path without <c>/api/v4</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="BrokerUnavailableException">No answer, or none that says whether the request was carried out.</exception>
    /// <exception cref="VenueRefusalException">Gate.io refuses the request.</exception>
    /// <exception cref="BrokerInputException">Gate.io refuses the key.</exception>
    public async Task<JsonElement> SendAsync(RestRequest request, CancellationToken cancellationToken)
    {
        request = request with { Path = Prefix + request.Path };
        var answer = await rest.SendAsync(request, request.IsSigned ? Sign : null, cancellationToken).ConfigureAwait(false);
        var root = Read(request, answer);
        if (answer.IsSuccess) return root;
        var (label, message) = (root.Text("label"), root.Text("message") is { Length: > 0 } said ? said : root.Text("detail"));
        if (label == Expired)
        {
            // Such a request was certainly not carried out.
            await MeasureClockAsync(cancellationToken).ConfigureAwait(false);
            answer = await rest.SendAsync(request, Sign, cancellationToken).ConfigureAwait(false);
            root = Read(request, answer);
            if (answer.IsSuccess) return root;
            (label, message) = (root.Text("label"), root.Text("message"));
            // It came too late, and can be sent again with a new time.
            if (label == Expired) throw new BrokerUnavailableException($"{name}: {message} ({label})");
        }
        if (label is "INVALID_KEY" or "INVALID_SIGNATURE" or "INVALID_CREDENTIALS" or "IP_FORBIDDEN" or "READ_ONLY" or "FORBIDDEN")
            throw new BrokerInputException($"broker '{name}': Gate.io refuses the API key: {message} ({label})");
        throw new VenueRefusalException(label, message.Length > 0 ? message : label);
    }

    public async Task MeasureClockAsync(CancellationToken cancellationToken) =>
        await clock.MeasureAsync(async stop => JsonFields.Milliseconds((await SendAsync(new RestRequest(HttpMethod.Get, "/spot/time",
            IsSigned: false), stop).ConfigureAwait(false)).Whole("server_time")), cancellationToken).ConfigureAwait(false);

    /// <summary>The signature of a message of the websocket.</summary>
    public string SignChannel(string channel, string text, long seconds) =>
        Hash($"channel={channel}&event={text}&time={seconds.ToString(CultureInfo.InvariantCulture)}");

    public string Key => credentials!.Key;

    private void Sign(RestRequest request, HttpRequestMessage message)
    {
        var seconds = clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var question = request.Path.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (request.Path, "") : (request.Path[..question], request.Path[(question + 1)..]);
        var body = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(request.Body ?? "")));
        message.Headers.TryAddWithoutValidation("KEY", credentials!.Key);
        message.Headers.TryAddWithoutValidation("Timestamp", seconds);
        message.Headers.TryAddWithoutValidation("SIGN", Hash($"{request.Method.Method}\n{path}\n{query}\n{body}\n{seconds}"));
    }

    private string Hash(string text) => Convert.ToHexStringLower(HMACSHA512.HashData(credentials!.Secret, Encoding.UTF8.GetBytes(text)));

    private JsonElement Read(RestRequest request, RestAnswer answer)
    {
        if (answer.Status == 429)
        {
            var pause = long.TryParse(answer.Header("X-Gate-RateLimit-Reset-Timestamp"), out var reset)
                ? DateTimeOffset.FromUnixTimeSeconds(reset) - clock.Now : TimeSpan.FromSeconds(5);
            pause = TimeSpan.FromSeconds(Math.Clamp(pause.TotalSeconds, 0.1, 60));
            rest.Budget.Pause(pause);
            throw new BrokerUnavailableException($"{name}: too many requests; nothing is sent for {pause.TotalSeconds:0.#} s");
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
