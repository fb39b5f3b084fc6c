// Generated from docs/openapi.json by GeneratedClientTests.
using System.Net.Http.Headers;
using Granary.Client.Connections;
using Granary.Client.Operations;

namespace Granary.Client;

/// <summary>The HTTP API of silos and of <c>granary serve</c>: a method for each operation, by tag.</summary>
/// <example><code>
/// using var granary = new ApiClient(new Uri("http://127.0.0.1:8080"), key: null);
/// var job = await granary.Batches.SubmitQuickstartAsync();
/// await foreach (var status in granary.Jobs.WatchJobAsync(job.Id)) Console.WriteLine(status.State);
/// </code></example>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">Address of the server, as http://127.0.0.1:8080.</param>
    /// <param name="key">API key; null for a server without keys.</param>
    public ApiClient(Uri server, string? key = null) : this(new HttpClient { BaseAddress = server })
    {
        if (key is null) return;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <param name="http">Has the server's address as its base, and the key. Disposed with this client.</param>
    public ApiClient(HttpClient http)
    {
        _http = http;
        var connection = new ApiConnection(http);
        Access = new AccessApi(connection);
        Accounts = new AccountsApi(connection);
        Audit = new AuditApi(connection);
        Batches = new BatchesApi(connection);
        Catalogue = new CatalogueApi(connection);
        Cluster = new ClusterApi(connection);
        Data = new DataApi(connection);
        Deployments = new DeploymentsApi(connection);
        Events = new EventsApi(connection);
        Health = new HealthApi(connection);
        Jobs = new JobsApi(connection);
        Models = new ModelsApi(connection);
        Notifications = new NotificationsApi(connection);
        Portfolios = new PortfoliosApi(connection);
        Runs = new RunsApi(connection);
        Schedules = new SchedulesApi(connection);
        Sessions = new SessionsApi(connection);
        Shares = new SharesApi(connection);
        Uploads = new UploadsApi(connection);
    }

    public AccessApi Access { get; }

    public AccountsApi Accounts { get; }

    public AuditApi Audit { get; }

    public BatchesApi Batches { get; }

    public CatalogueApi Catalogue { get; }

    public ClusterApi Cluster { get; }

    public DataApi Data { get; }

    public DeploymentsApi Deployments { get; }

    public EventsApi Events { get; }

    public HealthApi Health { get; }

    public JobsApi Jobs { get; }

    public ModelsApi Models { get; }

    public NotificationsApi Notifications { get; }

    public PortfoliosApi Portfolios { get; }

    public RunsApi Runs { get; }

    public SchedulesApi Schedules { get; }

    public SessionsApi Sessions { get; }

    public SharesApi Shares { get; }

    public UploadsApi Uploads { get; }

    public void Dispose() => _http.Dispose();
}
