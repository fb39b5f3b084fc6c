using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Storage.Retries;

namespace Granary.Exchanges.Connections;

/// <summary>
/// Base class for clients of an exchange's REST API. It signs requests and classifies each response as data, refusal or unknown outcome.
/// Derived classes implement the exchange's signatures and error codes.
/// </summary>
/// <param name="connection">Address and key of the market.</param>
internal abstract class ExchangeClient(ExchangeConnection connection) : IDisposable
{
    // A websocket without any message for so long counts as lost.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    private readonly RestConnection _rest = new(connection);

    /// <summary>The name of the market in <c>--broker</c>.</summary>
    public string Name => connection.Name;

    /// <summary>The estimated clock of the exchange.</summary>
    public SigningClock Clock { get; } = new(connection.Clock);

    /// <summary>The API key.</summary>
    public ApiCredentials Credentials =>
        connection.Credentials ?? throw new InvalidOperationException($"{Name} was opened for public requests alone");

    /// <summary>Sends a request and returns the data of its response.</summary>
    /// <exception cref="BrokerUnavailableException">There is no response, or none that says whether the request was executed.</exception>
    /// <exception cref="VenueRefusalException">The exchange rejects the request.</exception>
    /// <exception cref="InputException">The exchange rejects the key.</exception>
    public async Task<JsonElement> SendAsync(RestRequest request, CancellationToken cancellationToken)
    {
        var answer = await TryAsync(request, cancellationToken).ConfigureAwait(false);
        if (answer.Meaning == AnswerMeaning.WrongTime)
        {
            // A request that was refused for its time was certainly not executed, so it can be sent again.
            await MeasureClockAsync(cancellationToken).ConfigureAwait(false);
            answer = await TryAsync(request, cancellationToken).ConfigureAwait(false);
        }
        return answer.Meaning switch
        {
            AnswerMeaning.Done => answer.Data,
            AnswerMeaning.Refused => throw new VenueRefusalException(answer.Code, answer.Message),
            AnswerMeaning.WrongKey => throw new InputException(
                $"broker '{Name}': {connection.Title} refuses the API key: {answer.Message} ({answer.Code})"),
            AnswerMeaning.TooMany => throw new BrokerUnavailableException($"{Name}: too many requests; nothing is sent for a while")
            {
                IsUnprocessed = true,
            },
            // The request arrived too late and may be sent again with a new timestamp.
            _ => throw new BrokerUnavailableException(
                $"{Name}: {request.Method} {RestConnection.PathOf(request)}: {answer.Message} ({answer.Code})"),
        };
    }

    private async Task<ClientAnswer> TryAsync(RestRequest request, CancellationToken cancellationToken)
    {
        var answer = await _rest.SendAsync(request, request.IsSigned ? Sign : null, cancellationToken).ConfigureAwait(false);
        var read = Meaning(answer);
        if (read.Meaning == AnswerMeaning.TooMany)
            _rest.Budget.Pause(TimeSpan.FromSeconds(Math.Clamp(PauseOf(answer).TotalSeconds, 0.1, 600)));
        return read;
    }

    private ClientAnswer Meaning(RestAnswer answer)
    {
        if (answer.Status is 429 or 418) return new ClientAnswer(AnswerMeaning.TooMany);
        if (answer.Status >= 500) return new ClientAnswer(AnswerMeaning.Unknown, $"{answer.Status}", "the exchange has failed");
        try
        {
            return Read(answer, JsonElement.Parse(answer.Body.Span));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ClientAnswer(AnswerMeaning.Unknown, $"{answer.Status}", "the answer cannot be read");
        }
    }

    /// <summary>Requests a list or an object.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken, int weight = 1, bool isSigned = true) =>
        SendAsync(new RestRequest(HttpMethod.Get, path, Weight: weight, IsSigned: isSigned), cancellationToken);

    /// <summary>Requests data that may not exist.</summary>
    /// <param name="isMissing">Whether a rejection means that the data does not exist.</param>
    public async Task<JsonElement?> FindAsync(string path, Func<VenueRefusalException, bool> isMissing, CancellationToken cancellationToken,
        int weight = 1)
    {
        try
        {
            return await GetAsync(path, cancellationToken, weight).ConfigureAwait(false);
        }
        catch (VenueRefusalException e) when (isMissing(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Measures the difference of the clocks. The request changes nothing, so it is sent up to three times if there is no response.
    /// </summary>
    public Task MeasureClockAsync(CancellationToken cancellationToken) =>
        RetryPolicies.LostCall(e => e is BrokerUnavailableException, attempts: 3, connection.Clock)
            .ExecuteAsync(async token => await Clock.MeasureAsync(ServerTimeAsync, token).ConfigureAwait(false), cancellationToken)
            .AsTask();

    /// <inheritdoc cref="SocketSession.ReadAsync"/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadSocketAsync(SocketPlan plan, CancellationToken cancellationToken) =>
        SocketSession.ReadAsync(connection, plan, Silence, cancellationToken);

    /// <summary>Requests the exchange's time.</summary>
    protected abstract Task<DateTimeOffset> ServerTimeAsync(CancellationToken cancellationToken);

    /// <summary>Adds the signature. Called directly before sending, so the timestamp is current.</summary>
    protected abstract void Sign(RestRequest request, HttpRequestMessage message);

    /// <summary>Interprets an answer with a status below 500.</summary>
    protected abstract ClientAnswer Read(RestAnswer answer, JsonElement root);

    /// <summary>Returns the time for which the exchange demands a pause.</summary>
    protected abstract TimeSpan PauseOf(RestAnswer answer);

    /// <summary>The time to sign a request with. The exchange refuses a signature after some time: an order whose last time is sooner is
    /// signed with an earlier time, so a late one is refused.</summary>
    /// <param name="life">Lifetime of a signature.</param>
    protected DateTimeOffset SigningTime(RestRequest request, TimeSpan life) =>
        request.ValidUntil is { } until && until - life is var latest && latest < Clock.Now ? latest : Clock.Now;

    /// <summary>Sets the body of a message.</summary>
    protected static void SetBody(HttpRequestMessage message, string body, string type)
    {
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
    }

    public void Dispose() => _rest.Dispose();
}

/// <summary>Meaning of an exchange's answer for the request.</summary>
internal enum AnswerMeaning
{
    Done,
    Refused,
    /// <summary>Rejected because of its timestamp, and not executed.</summary>
    WrongTime,
    WrongKey,
    TooMany,
    /// <summary>The response does not say whether the request was executed.</summary>
    Unknown,
}

/// <summary>A response of an exchange.</summary>
/// <param name="Code">The exchange's error code, for a response without data.</param>
/// <param name="Message">The message in the exchange's words.</param>
internal readonly record struct ClientAnswer(AnswerMeaning Meaning, string Code = "", string Message = "", JsonElement Data = default)
{
    public static ClientAnswer Of(JsonElement data) => new(AnswerMeaning.Done, Data: data);
}
