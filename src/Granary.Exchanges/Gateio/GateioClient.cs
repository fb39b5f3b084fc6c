using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Gateio;

/// <summary>Client of Gate.io's REST API, version 4: signs requests and interprets error labels.</summary>
internal sealed class GateioClient(ExchangeConnection connection) : ExchangeClient(connection)
{
    /// <summary>The prefix of all paths.</summary>
    public const string Prefix = "/api/v4";

    // Gate.io measures it in whole seconds.
    private static readonly TimeSpan SignatureLife = TimeSpan.FromSeconds(60);

    protected override async Task<DateTimeOffset> ServerTimeAsync(CancellationToken cancellationToken) => JsonFields.Milliseconds(
        (await GetAsync(Prefix + "/spot/time", cancellationToken, isSigned: false).ConfigureAwait(false)).Whole("server_time"));

    /// <summary>Returns the signature of a websocket message.</summary>
    public string SignChannel(string channel, string text, long seconds) =>
        Hash($"channel={channel}&event={text}&time={seconds.ToString(CultureInfo.InvariantCulture)}");

    protected override void Sign(RestRequest request, HttpRequestMessage message)
    {
        // Round up to the next second, so that an order that arrives in time is never rejected.
        var time = (SigningTime(request, SignatureLife) is var at && at < Clock.Now ? at + TimeSpan.FromSeconds(1) : at)
            .ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var question = request.Path.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (request.Path, "") : (request.Path[..question], request.Path[(question + 1)..]);
        var body = Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(request.Body ?? "")));
        message.Headers.TryAddWithoutValidation("KEY", Credentials.Key);
        message.Headers.TryAddWithoutValidation("Timestamp", time);
        message.Headers.TryAddWithoutValidation("SIGN", Hash($"{request.Method.Method}\n{path}\n{query}\n{body}\n{time}"));
        if (request.ValidUntil is { } until)
            message.Headers.TryAddWithoutValidation("x-gate-exptime",
                until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
    }

    private string Hash(string text) => Convert.ToHexStringLower(HMACSHA512.HashData(Credentials.Secret, Encoding.UTF8.GetBytes(text)));

    protected override ClientAnswer Read(RestAnswer answer, JsonElement root)
    {
        if (answer.IsSuccess) return ClientAnswer.Of(root);
        var label = root.Text("label");
        var message = (string[])[root.Text("message"), root.Text("detail"), label];
        return new ClientAnswer(label switch
        {
            "REQUEST_EXPIRED" => AnswerMeaning.WrongTime,
            "INVALID_KEY" or "INVALID_SIGNATURE" or "INVALID_CREDENTIALS" or "IP_FORBIDDEN" or "READ_ONLY" or "FORBIDDEN" =>
                AnswerMeaning.WrongKey,
            _ => AnswerMeaning.Refused,
        }, label, message.First(m => m.Length > 0 || m == label));
    }

    protected override TimeSpan PauseOf(RestAnswer answer) =>
        long.TryParse(answer.Header("X-Gate-RateLimit-Reset-Timestamp"), out var reset)
        ? DateTimeOffset.FromUnixTimeSeconds(reset) - Clock.Now : TimeSpan.FromSeconds(5);
}
