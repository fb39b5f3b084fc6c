using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Kucoin;

/// <summary>KuCoin's REST interface: signatures, the envelope of every answer, and the meaning of its error codes.</summary>
internal sealed class KucoinClient(ExchangeConnection connection) : ExchangeClient(connection)
{
    private static readonly TimeSpan SignatureLife = TimeSpan.FromSeconds(5);

    protected override async Task<DateTimeOffset> ServerTimeAsync(CancellationToken cancellationToken) => JsonFields.Milliseconds(
        (await GetAsync("/api/v1/timestamp", cancellationToken, weight: 3, isSigned: false).ConfigureAwait(false)).GetInt64());

    protected override void Sign(RestRequest request, HttpRequestMessage message)
    {
        var time = SigningTime(request, SignatureLife).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        message.Headers.TryAddWithoutValidation("KC-API-KEY", Credentials.Key);
        message.Headers.TryAddWithoutValidation("KC-API-TIMESTAMP", time);
        message.Headers.TryAddWithoutValidation("KC-API-SIGN", Hash(time + request.Method.Method + request.Path + request.Body));
        message.Headers.TryAddWithoutValidation("KC-API-PASSPHRASE", Hash(Credentials.Passphrase));
        message.Headers.TryAddWithoutValidation("KC-API-KEY-VERSION", "3");
    }

    private string Hash(string text) =>
        Convert.ToBase64String(HMACSHA256.HashData(Credentials.Secret, Encoding.UTF8.GetBytes(text)));

    protected override ClientAnswer Read(RestAnswer answer, JsonElement root)
    {
        var (code, message) = (root.Text("code"), root.Text("msg"));
        return code switch
        {
            "200000" => ClientAnswer.Of(root.TryGetProperty("data", out var data) ? data : default),
            "429000" => new ClientAnswer(AnswerMeaning.TooMany),
            "400002" => new ClientAnswer(AnswerMeaning.WrongTime, code, message),
            ['4', '0', '0', '0', '0' or '1', _] => new ClientAnswer(AnswerMeaning.WrongKey, code, message),
            ['5', ..] => new ClientAnswer(AnswerMeaning.Unknown, code, message),
            _ => new ClientAnswer(AnswerMeaning.Refused, code, message),
        };
    }

    protected override TimeSpan PauseOf(RestAnswer answer) =>
        double.TryParse(answer.Header("gw-ratelimit-reset"), CultureInfo.InvariantCulture, out var ms)
            ? TimeSpan.FromMilliseconds(Math.Min(ms, 60_000)) : TimeSpan.FromSeconds(5);
}
