using System.Net.Http.Headers;
using System.Text;
using Granary.Engine.Brokerage;

namespace Granary.Exchanges.Connections;

/// <summary>
/// The HTTP connection to an exchange. It never sends a request twice; the caller must find out whether a lost request arrived.
/// </summary>
/// <remarks>A request that changes state always has a body, possibly empty. Without a body, .NET repeats a request automatically if the
/// exchange closes an idle connection.</remarks>
internal sealed class RestConnection : IDisposable
{
    // A response that takes longer counts as lost.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly string _exchange;
    private readonly TimeProvider _clock;
    private readonly Action<HttpRequestMessage>? _withhold;
    private readonly HttpClient _http;

    public RestConnection(ExchangeConnection connection)
    {
        (_exchange, _withhold, _clock) = (connection.Name, connection.Withhold, connection.Clock);
        Budget = new RequestBudget(connection.Budget.Weight, connection.Budget.Period, connection.Clock);
        _http = new HttpClient(connection.Transport.OpenRequests())
        {
            BaseAddress = connection.Endpoint,
            // The clock of the connection limits each request.
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("granary");
    }

    public RequestBudget Budget { get; }

    /// <summary>Sends a request once.</summary>
    /// <param name="sign">Adds the headers of the API key. Called directly before sending, so the timestamp is current.</param>
    /// <exception cref="BrokerUnavailableException">There is no response; it is unknown whether the request arrived.</exception>
    /// <exception cref="VenueRefusalException">A dry run does not send the request.</exception>
    public async Task<RestAnswer> SendAsync(RestRequest request, Action<RestRequest, HttpRequestMessage>? sign,
        CancellationToken cancellationToken)
    {
        await Budget.TakeAsync(request.Weight, cancellationToken).ConfigureAwait(false);
        using var message = new HttpRequestMessage(request.Method,
            request.Host is { } host ? new Uri(host, request.Path) : new Uri(request.Path, UriKind.Relative));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }
        else if (request.Method != HttpMethod.Get)
        {
            message.Content = new ByteArrayContent([]);
        }
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        sign?.Invoke(request, message);
        if (request.ChangesAccount && _withhold is { } withhold)
        {
            withhold(message);
            throw new VenueRefusalException("", "dry run: the request was checked and signed, and not sent");
        }
        using var late = new CancellationTokenSource(Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var response = await _http.SendAsync(message, either.Token).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return new RestAnswer((int)response.StatusCode, bytes, response.Headers);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var why = e is OperationCanceledException ? FormattableString.Invariant($"it took longer than {Timeout.TotalSeconds} s")
                : e.Message.TrimEnd('.');
            throw new BrokerUnavailableException($"{_exchange}: no answer to {request.Method} {PathOf(request)}: {why}", e);
        }
    }

    /// <summary>Returns the path without its query, which can contain a signature.</summary>
    public static string PathOf(RestRequest request) => request.Path.Split('?')[0];

    public void Dispose() => _http.Dispose();
}
