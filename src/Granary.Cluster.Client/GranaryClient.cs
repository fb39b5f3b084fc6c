using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Application.Operations;
using Granary.Storage.Files;
using Granary.Storage.Retries;

namespace Granary.Cluster.Client;

/// <summary>
/// Submits batches to silos, or to <c>granary serve</c>, follows them and brings their files back. Give several addresses of one cluster,
/// and the next one is asked when one does not answer.
/// </summary>
/// <example><code>
/// using var granary = new GranaryClient("http://127.0.0.1:8080", key: null);
/// var batch = await granary.SubmitAsync("samples/quickstart.json");
/// await foreach (var status in granary.WatchAsync(batch.Id)) Console.WriteLine($"{status.State} {status.Progress.Done}");
/// await granary.DownloadAsync(batch.Id, "runs/mine");
/// </code></example>
public sealed class GranaryClient : IDisposable
{
    /// <summary>Variable from which programs take the API key.</summary>
    public const string KeyVariable = "GRANARY_KEY";

    private const string ProtocolHeader = "Granary-Api";
    private const string Protocol = "1";

    private readonly Uri[] _hosts;
    private readonly HttpClient _http;
    private int _current;

    /// <param name="hosts">One address or several with commas between, as <c>http://a:8080,http://b:8080</c>.</param>
    /// <param name="key">API key; null for a server without keys.</param>
    /// <param name="timeout">
    /// How long to retry while no server answers; 30 s by default. It also limits the wait for the start of an answer.
    /// </param>
    /// <param name="catalogues">What this process knows, to check batch files before they are sent; null for what every host has.</param>
    /// <exception cref="InputException">Something of it is not an address.</exception>
    public GranaryClient(string hosts, string? key, TimeSpan? timeout = null, GranaryCatalogues? catalogues = null)
    {
        _batches = new Lazy<BatchReader>(() => new BatchReader(catalogues ?? GranaryCataloguesBuilder.CreateDefault().Build()));
        _hosts = [.. hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(AddressOf)];
        if (_hosts.Length == 0) throw new InputException($"'{hosts}' is not the address of a server; write it as http://127.0.0.1:8080");
        Timeout = timeout ?? TimeSpan.FromSeconds(30);
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), AllowAutoRedirect = false })
        {
            Timeout =
            System.Threading.Timeout.InfiniteTimeSpan
        };
        if (key is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _http.DefaultRequestHeaders.Add(ProtocolHeader, Protocol);
    }

    // Reads batch files before they are sent.
    private readonly Lazy<BatchReader> _batches;

    public TimeSpan Timeout { get; }

    /// <summary>Submits a batch file.</summary>
    /// <exception cref="InputException">The file or the batch is wrong.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the server cannot take the batch now.</exception>
    public Task<JobStatus> SubmitAsync(string path, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        // What is wrong with the file is said here, with its line, before anything is sent; the server knows the classes.
        var spec = _batches.Value.Read(path, bindStrategies: false);
        return SubmitAsync(spec, path, idempotencyKey, cancellationToken);
    }

    /// <inheritdoc cref="SubmitAsync(string, string?, CancellationToken)"/>
    /// <param name="file">Name of the file, for faults.</param>
    public async Task<JobStatus> SubmitAsync(Application.Batches.BatchSpec spec, string file, string? idempotencyKey = null,
        CancellationToken cancellationToken = default)
    {
        // without a key of the user's own one is made, so that a submission whose answer was lost can be sent again without running twice
        var key = idempotencyKey ?? Guid.NewGuid().ToString("N");
        var query = $"batches?folder={Uri.EscapeDataString(spec.Folder)}&file={Uri.EscapeDataString(file)}";
        using var answer = await SendAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post,
                query)
            { Content = new ByteArrayContent(spec.Text) { Headers = { ContentType = new("application/json") } } };
            request.Headers.Add("Idempotency-Key", key);
            return request;
        }, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<JobStatus>(answer, cancellationToken).ConfigureAwait(false);
    }

    public async Task<JobStatus> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(() => new(HttpMethod.Get, $"batches/{Uri.EscapeDataString(id)}"), cancellationToken)
            .ConfigureAwait(false);
        return await ReadAsync<JobStatus>(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks for the end of a batch.</summary>
    public async Task<JobStatus> CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(() => new(HttpMethod.Delete, $"batches/{Uri.EscapeDataString(id)}"), cancellationToken)
            .ConfigureAwait(false);
        return await ReadAsync<JobStatus>(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The batch's status now and at each change, to the one that ends it. A broken connection is made again, to another server where there
    /// is one.
    /// </summary>
    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = 0;
        while (true)
        {
            using var answer = await SendAsync(() => new(HttpMethod.Get, $"batches/{Uri.EscapeDataString(id)}/events"), cancellationToken)
                .ConfigureAwait(false);
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var events = SseParser.Create(await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false))
                .EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
            while (await NextAsync(events, silence, cancellationToken).ConfigureAwait(false))
            {
                var status = JsonSerializer.Deserialize<JobStatus>(events.Current.Data, JobJson.Options)!;
                if (status.Revision > seen || status.Ended)
                {
                    seen = status.Revision;
                    yield return status;
                }
                if (status.Ended) yield break;
            }
            // the server ended the stream before the batch: it is being stopped, or was killed
            _current++;
            await Task.Delay(200, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Brings the files of a batch that is done into a folder. Each appears whole or not at all.</summary>
    /// <returns>Their names.</returns>
    public async Task<IReadOnlyList<string>> DownloadAsync(string id, string folder, CancellationToken cancellationToken = default)
    {
        var status = await GetAsync(id, cancellationToken).ConfigureAwait(false);
        await DownloadAsync($"batches/{Uri.EscapeDataString(id)}", status.Files, folder, cancellationToken).ConfigureAwait(false);
        return status.Files;
    }

    /// <summary>
    /// Begins a live session on the cluster, or goes on with the account's journal where it has one. Asked once: where the answer is lost,
    /// look at the session before it is started again.
    /// </summary>
    /// <exception cref="InputException">The configuration or an option is wrong, or another session trades the account.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers.</exception>
    public async Task<SessionView> StartSessionAsync(SessionStart start, CancellationToken cancellationToken = default)
    {
        var body = new SessionBody(start);
        using var answer = await SendAsync(() => new(HttpMethod.Post, "sessions")
        {
            Content = JsonContent.Create(body, options: SessionControl.Json)
        }, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<SessionView>(answer, cancellationToken, SessionControl.Json).ConfigureAwait(false);
    }

    public async Task<SessionView> SessionAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(() => new(HttpMethod.Get, $"sessions/{Uri.EscapeDataString(id)}"), cancellationToken)
            .ConfigureAwait(false);
        return await ReadAsync<SessionView>(answer, cancellationToken, SessionControl.Json).ConfigureAwait(false);
    }

    /// <summary>Commands a session: pause, resume, flatten, reload, stop, enable, disable, close.</summary>
    /// <returns>How it stands when the command is in its journal.</returns>
    public async Task<SessionView> CommandAsync(string id, string command, string why, string? strategy = null, string? symbol = null,
        string? trade = null, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(() => new(HttpMethod.Post,
            $"sessions/{Uri.EscapeDataString(id)}/commands")
        { Content = JsonContent.Create(new { command, why, strategy, symbol, trade }) },
            cancellationToken).ConfigureAwait(false);
        return await ReadAsync<SessionView>(answer, cancellationToken, SessionControl.Json).ConfigureAwait(false);
    }

    /// <summary>Brings the files of a session that is over into a folder.</summary>
    /// <returns>Their names.</returns>
    public async Task<IReadOnlyList<string>> DownloadSessionAsync(string id, string folder, CancellationToken cancellationToken = default)
    {
        var view = await SessionAsync(id, cancellationToken).ConfigureAwait(false);
        await DownloadAsync($"sessions/{Uri.EscapeDataString(id)}", view.Files, folder, cancellationToken).ConfigureAwait(false);
        return view.Files;
    }

    /// <summary>The silos of a cluster and its work.</summary>
    /// <exception cref="InputException">The server is not a cluster.</exception>
    public async Task<ClusterStanding> ClusterAsync(CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(() => new(HttpMethod.Get, "cluster"), cancellationToken).ConfigureAwait(false);
        return await ReadAsync<ClusterStanding>(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Orders a silo to drain, to take work again, or to retire.</summary>
    /// <returns>The silo, as it stood.</returns>
    /// <exception cref="InputException">There is no such silo.</exception>
    public async Task<SiloStanding> OrderAsync(string silo, SiloOrder order, CancellationToken cancellationToken = default)
    {
        var verb = order.ToString().ToLowerInvariant();
        using var answer = await SendAsync(() => new(HttpMethod.Post, $"cluster/silos/{Uri.EscapeDataString(silo)}/{verb}"),
            cancellationToken).ConfigureAwait(false);
        return await ReadAsync<SiloStanding>(answer, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task DownloadAsync(string run, IReadOnlyList<string> files, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in files)
        {
            if (name != Path.GetFileName(name) || name.StartsWith('.'))
                throw new InputException($"the server names a file '{name}', which would lead out of {folder}; do not trust this server");
            await DownloadAsync(run, name, Path.Combine(folder, name), cancellationToken).ConfigureAwait(false);
        }
    }

    private Task DownloadAsync(string run, string name, string path, CancellationToken cancellationToken) =>
        RetryPolicies.LostCall(IsCutOff, attempts: 3).RunAsync(async stop =>
    {
        using var answer = await SendAsync(() => new(HttpMethod.Get, $"{run}/files/{Uri.EscapeDataString(name)}"), stop)
            .ConfigureAwait(false);
        using var file = new AtomicFile(path);
        await answer.Content.CopyToAsync(file.Stream, stop).ConfigureAwait(false);
        file.Commit();
        return path;
    }, cancellationToken);

    private bool IsCutOff(Exception e)
    {
        if (e is not (HttpRequestException or HttpIOException)) return false;
        // The next server has the same files.
        _current++;
        return true;
    }

    // A server repeats its last event after a time without one: where nothing comes, it hangs.
    private async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events, CancellationTokenSource silence,
        CancellationToken cancellationToken)
    {
        try
        {
            silence.CancelAfter(Timeout);
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <summary>Sends until somebody answers, and turns every answer that is not what was asked for into a sentence.</summary>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        while (true)
        {
            var host = _hosts[_current % _hosts.Length];
            string reason;
            try
            {
                using var request = make();
                request.RequestUri = new Uri(host, "api/v1/" + request.RequestUri);
                var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
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
                using (answer) reason = await DetailAsync(answer, cancellationToken).ConfigureAwait(false) ?? "it is not ready";
            }
            catch (HttpRequestException e)
            {
                reason = e.InnerException is SocketException s ? s.Message : e.Message;
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw NoAnswer("no answer", e);
            }
            _current++;
            try
            {
                await Task.Delay(_current % _hosts.Length == 0 ? 500 : 10, limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw NoAnswer(reason, e);
            }
        }
    }

    private ServiceUnavailableException NoAnswer(string reason, Exception inner) =>
        new($"no Granary server answered at {string.Join(", ", _hosts.Select(h => h.GetLeftPart(UriPartial.Authority)))} "
            + $"within {Timeout.TotalSeconds:0} s ({reason.TrimEnd('.')}); start one, or correct --host", inner);

    private static async Task CheckAsync(HttpResponseMessage answer, Uri host, CancellationToken cancellationToken)
    {
        var server = host.GetLeftPart(UriPartial.Authority);
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
            HttpStatusCode.Unauthorized =>
                new InputException($"the server {server} wants a key: {detail} (this client takes it from {KeyVariable})"),
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

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken,
        JsonSerializerOptions? options = null) =>
        (await answer.Content.ReadFromJsonAsync<T>(options ?? JobJson.Options, cancellationToken).ConfigureAwait(false))!;

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var folder)
            ? folder
            : throw new InputException($"'{text}' is not the address of a server; write it as http://127.0.0.1:8080");
}
