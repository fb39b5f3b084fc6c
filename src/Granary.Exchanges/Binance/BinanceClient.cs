using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Binance;

/// <summary>Client of Binance's REST API: signs requests with a timestamp and a receive window, and interprets error codes.</summary>
internal sealed class BinanceClient(ExchangeConnection connection) : ExchangeClient(connection)
{
    private const int DefaultWindow = 5000;

    protected override async Task<DateTimeOffset> ServerTimeAsync(CancellationToken cancellationToken) => JsonFields.Milliseconds(
        (await GetAsync("/api/v3/time", cancellationToken, isSigned: false).ConfigureAwait(false)).Whole("serverTime"));

    /// <summary>Returns the HMAC-SHA256 of a text in hexadecimal digits.</summary>
    public string Hash(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Credentials.Secret, Encoding.UTF8.GetBytes(text)));

    protected override void Sign(RestRequest request, HttpRequestMessage message)
    {
        message.Headers.TryAddWithoutValidation("X-MBX-APIKEY", Credentials.Key);
        var now = Clock.Now;
        var window = request.ValidUntil is { } until ? Math.Clamp((long)(until - now).TotalMilliseconds, 1, 60_000) : DefaultWindow;
        var timing = FormattableString.Invariant($"recvWindow={window}&timestamp={now.ToUnixTimeMilliseconds()}");
        if (request.Body is { } body)
        {
            var text = body + "&" + timing;
            SetBody(message, $"{text}&signature={Hash(text)}", request.ContentType);
            return;
        }
        var question = request.Path.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? timing : request.Path[(question + 1)..] + "&" + timing;
        message.RequestUri = new Uri($"{RestConnection.PathOf(request)}?{query}&signature={Hash(query)}", UriKind.Relative);
    }

    protected override ClientAnswer Read(RestAnswer answer, JsonElement root)
    {
        if (answer.IsSuccess) return ClientAnswer.Of(root);
        var (code, message) = (root.Text("code"), root.Text("msg"));
        return new ClientAnswer(code switch
        {
            "-1021" => AnswerMeaning.WrongTime,
            "-2014" or "-2015" or "-1022" or "-1002" => AnswerMeaning.WrongKey,
            // The outcome of these errors is unknown, as for a status of 500 or above.
            "-1000" or "-1001" or "-1006" or "-1007" or "-1008" or "-1016" => AnswerMeaning.Unknown,
            _ => AnswerMeaning.Refused,
        }, code, message);
    }

    protected override TimeSpan PauseOf(RestAnswer answer) =>
        double.TryParse(answer.Header("Retry-After"), CultureInfo.InvariantCulture, out var after)
            ? TimeSpan.FromSeconds(after) : TimeSpan.FromSeconds(10);
}
