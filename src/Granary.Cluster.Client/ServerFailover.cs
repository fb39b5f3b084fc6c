using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Granary.Client;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Cluster.Client;

/// <summary>Sends a request to one server after another until one answers. Throws errors with messages for the user.</summary>
/// <param name="hosts">Addresses of one cluster, each with a '/' at its end; the first is the base of the requests.</param>
/// <param name="timeout">How long to retry while no server answers.</param>
/// <param name="clock">For the timeouts and pauses.</param>
internal sealed class ServerFailover(IReadOnlyList<Uri> hosts, TimeSpan timeout, TimeProvider clock)
    : DelegatingHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), AllowAutoRedirect = false })
{
    private const string ProtocolHeader = "Granary-Api";
    private const string Protocol = "1";

    // A server that hangs takes a request and never answers.
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(5);

    private int _current;

    /// <summary>Whether there is no other server to ask.</summary>
    public bool IsOne => hosts.Count == 1;

    /// <summary>Address of the server that the next request begins with.</summary>
    public Uri Current => hosts[_current % hosts.Count];

    /// <summary>Makes the next request begin with another server.</summary>
    public void Skip() => _current++;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = hosts[0].MakeRelativeUri(request.RequestUri!);
        using var wait = new CancellationTokenSource(timeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, wait.Token);
        // refusal: why a server that answered does not take the request now. reason: why the last server did not answer.
        string? refusal = null, reason = null;
        // A repeatable request goes to another server after a timeout, which doubles with each round, so that a slow answer can arrive.
        var mayRepeat = hosts.Count > 1 && (request.Method == HttpMethod.Get || request.Headers.Contains("Idempotency-Key"));
        var answerTimeout = s_answerTimeout;
        for (var attempts = 1; ; attempts++)
        {
            var host = Current;
            request.RequestUri = new Uri(host, path);
            using var turn = new CancellationTokenSource(mayRepeat ? answerTimeout : timeout, clock);
            using var late = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, turn.Token);
            try
            {
                var answer = await WholeAsync(request, late.Token).ConfigureAwait(false);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    return await CheckedAsync(answer, host, cancellationToken).ConfigureAwait(false);
                using (answer)
                {
                    var detail = await DetailAsync(answer, cancellationToken).ConfigureAwait(false);
                    refusal = $"{ServerOf(host)}: {detail ?? "it is not ready"}";
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                reason = e.InnerException is SocketException s ? s.Message : e.Message;
            }
            catch (OperationCanceledException) when (!limit.IsCancellationRequested)
            {
                reason = $"{ServerOf(host)} does not answer";
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw Ended(refusal, reason, e);
            }
            if (attempts % hosts.Count == 0) answerTimeout = TimeSpan.FromTicks(Math.Min(2 * answerTimeout.Ticks, timeout.Ticks));
            Skip();
            try
            {
                var pause = TimeSpan.FromMilliseconds(_current % hosts.Count == 0 ? 500 : 10);
                await Task.Delay(pause, clock, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw Ended(refusal, reason, e);
            }
        }
    }

    // Unless the caller streams the answer, a server has answered only when the whole answer is here.
    private async Task<HttpResponseMessage> WholeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (request.Options.TryGetValue(ApiOptions.Streamed, out var isStreamed) && isStreamed) return answer;
        try
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private ServiceUnavailableException Ended(string? refusal, string? reason, Exception inner)
    {
        var seconds = timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return new ServiceUnavailableException(refusal is not null
            ? $"no server took the request within {seconds} s ({refusal.TrimEnd('.')})"
            : $"no Granary server answered at {string.Join(", ", hosts.Select(ServerOf))} within {seconds} s "
                + $"({(reason ?? "no answer").TrimEnd('.')}); start one, or correct --host", inner);
    }

    private static string ServerOf(Uri host) => host.GetLeftPart(UriPartial.Authority);

    private static async Task<HttpResponseMessage> CheckedAsync(HttpResponseMessage answer, Uri host, CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(answer, host, cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static async Task CheckAsync(HttpResponseMessage answer, Uri host, CancellationToken cancellationToken)
    {
        var server = ServerOf(host);
        var protocol = answer.Headers.TryGetValues(ProtocolHeader, out var values) ? values.FirstOrDefault() : null;
        if (protocol is null)
            throw new InputException($"{server} is not a Granary server ({(int)answer.StatusCode} {answer.ReasonPhrase}); correct --host");
        if (protocol != Protocol) throw new InputException($"the server {server} speaks "
            + $"version {protocol} of the API and this client version {Protocol}; bring the older of the two up to date");
        if (answer.IsSuccessStatusCode) return;
        var detail = await DetailAsync(answer, cancellationToken).ConfigureAwait(false)
            ?? $"{(int)answer.StatusCode} {answer.ReasonPhrase}";
        throw answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new InputException(
                $"the server {server} wants a key: {detail} (this client takes it from {GranaryClient.KeyVariable})"),
            HttpStatusCode.TooManyRequests => new ServiceUnavailableException($"the server {server} is full: {detail}"),
            >= HttpStatusCode.InternalServerError => new ServiceUnavailableException($"the server {server} failed: {detail}"),
            _ => new InputException(detail),
        };
    }

    private static async Task<string?> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return null;
        try
        {
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
