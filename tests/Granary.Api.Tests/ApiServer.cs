using System.Net.Http.Headers;
using System.Text;
using Granary.Api.Code;
using Granary.Api.Hosting;
using Granary.Api.Tests.Conformance;
using Granary.Contracts.Jobs;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;
using Granary.Testing;
using Granary.Trading.Parity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Tests;

/// <summary>What a server of a test has besides.</summary>
[Flags]
internal enum ServerParts
{
    None = 0,
    Sessions = 1,

    /// <summary>Jobs are computed.</summary>
    RealHost = 2,
}

/// <summary>The API on a real Kestrel on a free loopback port, over the local batches and a host whose speed the test sets.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public const string Batch = """
        {
          // a batch as users write them
          "name": "orcl sma",
          "data": { "source": "csv:bars", "symbols": ["orcl"], "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 10, "slow": 30 }, "sides": "long", "size": { "units": 10 } }, ],
        }
        """;

    private readonly WebApplication _app;
    private readonly LoggedFailures _failures;
    private readonly bool _ownFolder;

    private ApiServer(WebApplication app, LoggedFailures failures, string folder, SteppedHost host, bool ownFolder)
    {
        (_app, _failures) = (app, failures);
        Folder = folder;
        Host = host;
        _ownFolder = ownFolder;
        Client = new HttpClient(new DescribedAnswers(folder)) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public string Folder { get; }

    public SteppedHost Host { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => Client.BaseAddress!;

    /// <summary>The exceptions that the server has logged, one after the other.</summary>
    public string Failures => _failures.ToString();

    public static async Task<ApiServer> StartAsync(ApiKeys? keys = null, string? folder = null, IJobRunner? host = null,
        Func<ApiSettings, ApiSettings>? settings = null, Action<IServiceCollection>? add = null, string? urls = null,
        ServerParts parts = ServerParts.None)
    {
        var runs = folder ?? Directory.CreateTempSubdirectory("granary-api-").FullName;
        var stepped = host as SteppedHost ?? new SteppedHost();
        host ??= stepped;
        var builder = WebApplication.CreateSlimBuilder();
        var failures = new LoggedFailures();
        builder.Logging.ClearProviders().AddProvider(failures);
        builder.WebHost.UseUrls(urls ?? "http://127.0.0.1:0");
        var given = new ApiSettings { Keys = keys, DataFolder = runs, Runs = runs };
        builder.Services.AddGranaryApi(settings?.Invoke(given) ?? given, TestCatalogues.All);
        builder.Services.AddLocalJobs(runs, s => parts.HasFlag(ServerParts.RealHost)
            ? new HostedRunner(new EmbeddedHost(2), TimeProvider.System, 2, runs, running: s.GetRequiredService<RunningBatches>(),
                parity: s.GetRequiredService<ServerParity>) : host);
        // On a busy machine a compilation can take longer than a server allows.
        builder.Services.AddSingleton(new CodeTurns(new ManualClock()));
        if (parts.HasFlag(ServerParts.Sessions)) builder.Services.AddLocalSessions(runs);
        add?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseGranaryApi();
        TestCosts.Count(Started.Server);
        await app.StartAsync();
        return new ApiServer(app, failures, runs, stepped, folder is null);
    }

    public HttpClient As(string key)
    {
        var client = new HttpClient(new DescribedAnswers(Folder)) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public static HttpRequestMessage Submission(string text = Batch, string? key = null, string query = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post,
            "/api/v1/batches" + query)
        { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    public async Task<JobStatus> SubmitAsync(string text = Batch, string? key = null)
    {
        using var answer = await Client.SendAsync(Submission(text, key));
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.ReadAsync<JobStatus>();
    }

    public Task<JobStatus> UntilAsync(string id, Func<JobStatus, bool> what) => Eventually.IsAsync(async () =>
    {
        using var answer = await Client.GetAsync($"/api/v1/batches/{id}");
        return await answer.ReadAsync<JobStatus>();
    }, what);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownFolder) Directory.Delete(Folder, recursive: true);
    }
}
