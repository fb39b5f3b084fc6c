using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Client;
using Granary.Contracts.Jobs;
using Granary.Contracts.Operations;
using Granary.Contracts.Schedules;
using Granary.Contracts.Sessions;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Files;
using Granary.Storage.Retries;
using Granary.Trading.Live;

namespace Granary.Cluster.Client;

/// <summary>
/// The calls of the command line, over <see cref="ApiClient"/>: submits batches to silos, or to <c>granary serve</c>, follows them and
/// downloads their files. With several addresses of one cluster, it sends a call to the next one if one does not answer.
/// </summary>
/// <example><code>
/// using var granary = new GranaryClient("http://127.0.0.1:8080", key: null);
/// var batch = await granary.SubmitAsync("samples/quickstart.json");
/// await foreach (var status in granary.WatchAsync(batch.Id)) Console.WriteLine($"{status.State} {status.Progress.Done}");
/// await granary.DownloadAsync(batch.Id, "runs/mine");
/// </code></example>
internal sealed class GranaryClient : IDisposable
{
    /// <summary>Variable from which programs take the API key.</summary>
    public const string KeyVariable = "GRANARY_KEY";

    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);

    // Reads batch files before they are sent.
    private readonly Lazy<BatchReader> _batches;
    private readonly ServerFailover _servers;
    private readonly ApiClient _api;
    private readonly TimeProvider _clock;

    /// <param name="hosts">One address or several with commas between, as <c>http://a:8080,http://b:8080</c>.</param>
    /// <param name="key">API key; null for a server without keys.</param>
    /// <param name="timeout">
    /// How long to retry while no server answers; 30 s by default. It also limits the wait for the start of an answer. With several
    /// servers, a call that may be repeated goes to the next one after 5 s, in the second round after 10 s, and so on.
    /// </param>
    /// <param name="catalogues">Catalogues that check batch files before they are sent; null = those that every host has.</param>
    /// <param name="clock">For timeouts and pauses; null = the system's clock.</param>
    /// <exception cref="InputException">An address is not valid, or there is none.</exception>
    public GranaryClient(string hosts, string? key, TimeSpan? timeout = null, GranaryCatalogues? catalogues = null,
        TimeProvider? clock = null)
    {
        _batches = new Lazy<BatchReader>(() => new BatchReader(catalogues ?? GranaryCataloguesBuilder.CreateDefault().Build()));
        Uri[] addresses = [.. hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(AddressOf)];
        if (addresses.Length == 0) throw new InputException($"'{hosts}' is not the address of a server; write it as http://127.0.0.1:8080");
        Timeout = timeout ?? TimeSpan.FromSeconds(30);
        _clock = clock ?? TimeProvider.System;
        _servers = new ServerFailover(addresses, Timeout, _clock);
        var http = new HttpClient(_servers) { BaseAddress = addresses[0], Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _api = new ApiClient(http);
    }

    public TimeSpan Timeout { get; }

    /// <summary>Returns the page of a job, on the server that the next call goes to.</summary>
    public Uri PageOf(string job) => new(_servers.Current, "jobs/" + Uri.EscapeDataString(job));

    /// <summary>Submits a batch file.</summary>
    /// <exception cref="InputException">The file or the batch is wrong.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the server cannot take the batch now.</exception>
    public Task<JobStatus> SubmitAsync(string path, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        // Reading the file here reports its faults with their lines before anything is sent. Only the server knows the strategy classes.
        var spec = _batches.Value.Read(path, bindStrategies: false);
        return SubmitAsync(spec, path, idempotencyKey, cancellationToken);
    }

    /// <inheritdoc cref="SubmitAsync(string, string?, CancellationToken)"/>
    /// <param name="file">Name of the file, for faults.</param>
    public async Task<JobStatus> SubmitAsync(BatchSpec spec, string file, string? idempotencyKey = null,
        CancellationToken cancellationToken = default)
    {
        using var body = new ByteArrayContent(spec.Text) { Headers = { ContentType = new("application/json") } };
        // Without the caller's key, a new one is made: a submission whose answer was lost can then be repeated without running twice.
        return await _api.Batches.SubmitAsync(body, idempotencyKey ?? Guid.NewGuid().ToString("N"), spec.Folder, file,
                cancellationToken: cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Submits a job of a kind whose request is a batch.</summary>
    /// <param name="kind">Such as <c>optimise</c>.</param>
    /// <param name="file">Name of the file, for faults.</param>
    /// <exception cref="InputException">The batch is wrong.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the server cannot take the job now.</exception>
    public async Task<JobStatus> SubmitAsync(string kind, BatchSpec spec, string file, string? idempotencyKey,
        CancellationToken cancellationToken = default)
    {
        // The lines of the file stay those of the request.
        byte[] text = [.. System.Text.Encoding.UTF8.GetBytes($"{{ \"kind\": \"{kind}\", \"batch\": "), .. spec.Text, .. "\n}"u8];
        using var body = new ByteArrayContent(text) { Headers = { ContentType = new("application/json") } };
        return await _api.Jobs.SubmitAsync(body, idempotencyKey ?? Guid.NewGuid().ToString("N"), spec.Folder, file,
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Submits a job of any kind.</summary>
    /// <param name="request">UTF-8 JSON, as POST /jobs takes it.</param>
    /// <param name="folder">Base folder of relative paths in the request, as the server sees it.</param>
    /// <param name="file">Name of the request, for faults.</param>
    /// <exception cref="InputException">The request is wrong.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the server cannot take the job now.</exception>
    public async Task<JobStatus> SubmitJobAsync(byte[] request, string folder, string file, CancellationToken cancellationToken = default)
    {
        using var body = new ByteArrayContent(request) { Headers = { ContentType = new("application/json") } };
        return await _api.Jobs.SubmitAsync(body, Guid.NewGuid().ToString("N"), folder, file, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Submits an experiment on a batch: a job of the kind <c>experiment</c>.</summary>
    /// <param name="file">Name of the file, for faults.</param>
    /// <param name="strategies">Number of strategies, counted from the batch's first; null = all.</param>
    /// <exception cref="InputException">The batch is wrong.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers, or the server cannot take the job now.</exception>
    public async Task<JobStatus> ExperimentAsync(BatchSpec spec, string file, int? strategies,
        CancellationToken cancellationToken = default)
    {
        using var body = new ByteArrayContent(spec.Text) { Headers = { ContentType = new("application/json") } };
        return await _api.Batches.SubmitExperimentAsync(body, Guid.NewGuid().ToString("N"), spec.Folder, file, strategies,
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public Task<JobStatus> GetAsync(string id, CancellationToken cancellationToken = default) => _api.Jobs.GetAsync(id, cancellationToken);

    /// <summary>Requests the cancellation of a batch or another job.</summary>
    public Task<JobStatus> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        _api.Jobs.CancelAsync(id, cancellationToken);

    /// <summary>
    /// Returns the status of a batch or another job now and at each change, until it ends. If the connection breaks, the client connects
    /// again, to another server if there is one.
    /// </summary>
    /// <exception cref="ServiceUnavailableException">No server gave a status within the timeout.</exception>
    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = 0;
        var last = _clock.GetTimestamp();
        while (true)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var events = _api.Jobs.EventsAsync(id, silence.Token).GetAsyncEnumerator(silence.Token);
            // The first wait includes the connection, which has its own timeout.
            silence.CancelAfter(2 * Timeout);
            while (await NextAsync(events, cancellationToken).ConfigureAwait(false))
            {
                // A server repeats its last event after two seconds without a new one. If nothing arrives, the server hangs.
                silence.CancelAfter(_servers.IsOne ? Timeout : s_silence);
                last = _clock.GetTimestamp();
                var status = events.Current;
                if (status.Revision > seen || status.Ended)
                {
                    seen = status.Revision;
                    yield return status;
                }
                if (status.Ended) yield break;
            }
            // The server ended the stream before the batch ended: it is stopping, or was killed.
            if (_clock.GetElapsedTime(last) > Timeout)
                throw new ServiceUnavailableException($"no server gave the status of {id} within {Timeout.TotalSeconds:0} s: "
                    + "each broke off its answer");
            _servers.Skip();
            await Task.Delay(TimeSpan.FromMilliseconds(200), _clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Downloads the files of a finished batch or other job into a folder. Each file appears complete or not at all.</summary>
    /// <returns>Their names.</returns>
    public async Task<IReadOnlyList<string>> DownloadAsync(string id, string folder, CancellationToken cancellationToken = default)
    {
        var status = await GetAsync(id, cancellationToken).ConfigureAwait(false);
        await DownloadAsync((name, stop) => _api.Jobs.FileAsync(id, name, stop), status.Files, folder, cancellationToken)
            .ConfigureAwait(false);
        return status.Files;
    }

    /// <summary>Downloads files of a finished run into a folder.</summary>
    /// <param name="choose">Chooses from the names of its files.</param>
    /// <returns>Their names.</returns>
    /// <exception cref="InputException">There is no such run.</exception>
    public async Task<IReadOnlyList<string>> DownloadRunAsync(string id, Func<IReadOnlyList<string>, IReadOnlyList<string>> choose,
        string folder, CancellationToken cancellationToken = default)
    {
        var run = await _api.Runs.GetAsync(id, cancellationToken).ConfigureAwait(false);
        var files = choose([.. run["files"]!.AsArray().Select(f => f!.GetValue<string>())]);
        await DownloadAsync((name, stop) => _api.Runs.FileAsync(id, name, stop), files, folder, cancellationToken).ConfigureAwait(false);
        return files;
    }

    /// <summary>
    /// Starts a live session on the cluster; it resumes from the account's journal if there is one. The request is not repeated: if its
    /// answer is lost, look at the session before you start it again.
    /// </summary>
    /// <exception cref="InputException">The configuration or an option is wrong, or another session trades the account.</exception>
    /// <exception cref="ServiceUnavailableException">No server answers.</exception>
    public async Task<SessionView> StartSessionAsync(SessionStart start, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new SessionBody(start), SessionControl.Json);
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        return await _api.Sessions.StartAsync(content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks why a strategy of a run, or else of a session, acted or did not act.</summary>
    /// <param name="id">Id of a run, or of an account.</param>
    /// <exception cref="InputException">The server has neither, or the question is wrong.</exception>
    public async Task<WhyAnswer> WhyAsync(string id, WhyQuery query, CancellationToken cancellationToken = default) =>
        (await _api.Sessions.ListAsync(cancellationToken).ConfigureAwait(false)).Any(s => s.Id == id)
            ? await _api.Sessions.WhyAsync(id, query, cancellationToken).ConfigureAwait(false)
            : await _api.Runs.WhyAsync(id, query, cancellationToken).ConfigureAwait(false);

    public Task<SessionView> SessionAsync(string id, CancellationToken cancellationToken = default) =>
        _api.Sessions.GetAsync(id, cancellationToken);

    /// <summary>Returns one strategy of a running session.</summary>
    /// <exception cref="InputException">No such session runs, or it has no such strategy.</exception>
    /// <exception cref="ServiceUnavailableException">The session is opening its account, or recovering from a loss.</exception>
    public Task<SessionStrategy> SessionStrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        _api.Sessions.StrategyAsync(id, strategy, cancellationToken);

    /// <summary>Sends a command to a session.</summary>
    /// <returns>The session's state when the command is in its journal.</returns>
    public Task<SessionView> CommandAsync(string id, NewCommand command, CancellationToken cancellationToken = default) =>
        _api.Sessions.CommandAsync(id, command, cancellationToken);

    /// <summary>Downloads the files of an ended session into a folder.</summary>
    /// <returns>Their names.</returns>
    public async Task<IReadOnlyList<string>> DownloadSessionAsync(string id, string folder, CancellationToken cancellationToken = default)
    {
        var view = await SessionAsync(id, cancellationToken).ConfigureAwait(false);
        await DownloadAsync((name, stop) => _api.Sessions.FileAsync(id, name, stop), view.Files, folder, cancellationToken)
            .ConfigureAwait(false);
        return view.Files;
    }

    /// <summary>Returns the silos of a cluster, its jobs and its live sessions.</summary>
    /// <exception cref="InputException">The server is not a cluster.</exception>
    public Task<ClusterState> ClusterAsync(CancellationToken cancellationToken = default) =>
        _api.Server.ClusterAsync(cancellationToken);

    /// <summary>Orders a silo to drain, to take work again, or to retire.</summary>
    /// <returns>The silo's state after the order.</returns>
    /// <exception cref="InputException">There is no such silo.</exception>
    public Task<SiloState> CommandSiloAsync(string silo, SiloCommand command, CancellationToken cancellationToken = default) =>
        _api.Server.CommandSiloAsync(silo, command, cancellationToken);

    /// <summary>Returns the schedules of the server, by name.</summary>
    public Task<IReadOnlyList<ScheduleDetails>> SchedulesAsync(CancellationToken cancellationToken = default) =>
        _api.Schedules.ListAsync(cancellationToken);

    /// <summary>Returns the due times of a schedule and their jobs, the newest first.</summary>
    /// <exception cref="InputException">There is no such schedule.</exception>
    public Task<IReadOnlyList<ScheduledJob>> ScheduleRunsAsync(string name, int limit, CancellationToken cancellationToken = default) =>
        _api.Schedules.RunsAsync(name, limit, cancellationToken);

    /// <summary>Creates a schedule, or replaces the one with this name.</summary>
    /// <param name="schedule">UTF-8 JSON, as PUT /schedules/{name} takes it.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <exception cref="InputException">The schedule is not valid, or its job cannot run.</exception>
    public async Task<ScheduleDetails> SetScheduleAsync(string name, byte[] schedule, string? file = null,
        CancellationToken cancellationToken = default)
    {
        using var body = new ByteArrayContent(schedule) { Headers = { ContentType = new("application/json") } };
        return await _api.Schedules.SetAsync(name, body, file, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a schedule; its jobs stay.</summary>
    /// <exception cref="InputException">There is no such schedule.</exception>
    public Task RemoveScheduleAsync(string name, CancellationToken cancellationToken = default) =>
        _api.Schedules.RemoveAsync(name, cancellationToken);

    public void Dispose() => _api.Dispose();

    private async Task DownloadAsync(Func<string, CancellationToken, Task<ApiFile>> open, IReadOnlyList<string> files, string folder,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in files)
        {
            if (name != Path.GetFileName(name) || name.StartsWith('.'))
                throw new InputException($"the server names a file '{name}', which would lead out of {folder}; do not trust this server");
            var path = Path.Combine(folder, name);
            try
            {
                await RetryPolicies.LostCall(IsCutOff, attempts: 3).RunAsync(async stop =>
                {
                    await using var answer = await open(name, stop).ConfigureAwait(false);
                    using var file = new AtomicFile(path);
                    await CopyAsync(answer.Content, file.Stream, stop).ConfigureAwait(false);
                    file.Commit();
                    return path;
                }, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpIOException e)
            {
                throw new ServiceUnavailableException($"the server broke off the file {name} three times ({e.Message.TrimEnd('.')}); "
                    + "the server has all files of the run: call again", e);
            }
        }
    }

    private async Task CopyAsync(Stream content, Stream file, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = new byte[1 << 16];
        while (true)
        {
            silence.CancelAfter(Timeout);
            int count;
            try
            {
                count = await content.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HttpIOException(HttpRequestError.ResponseEnded, $"nothing more came for {Timeout.TotalSeconds:0} s", e);
            }
            if (count == 0) return;
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsCutOff(Exception e)
    {
        if (e is not HttpIOException) return false;
        // The next server has the same files.
        _servers.Skip();
        return true;
    }

    // Returns false if the stream ends, breaks off, or is silent for too long.
    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<T> events, CancellationToken cancellationToken)
    {
        try
        {
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

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var folder)
            ? folder
            : throw new InputException($"'{text}' is not the address of a server; write it as http://127.0.0.1:8080");
}
