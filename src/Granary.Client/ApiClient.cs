using System.Net.Http.Headers;

namespace Granary.Client;

/// <summary>A client of the HTTP API of silos and of <c>granary serve</c>; its answers are the records of Granary.Contracts.</summary>
/// <example><code>
/// using var granary = new ApiClient(new Uri("http://127.0.0.1:8080"), key: null);
/// var job = await granary.Batches.SubmitQuickstartAsync();
/// await foreach (var status in granary.Jobs.WatchAsync(job.Id)) Console.WriteLine(status.State);
/// </code></example>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ApiConnection _api;

    /// <summary>Creates a client of one server.</summary>
    /// <param name="server">Address of the server, such as http://127.0.0.1:8080.</param>
    /// <param name="key">API key; null for a server without keys.</param>
    public ApiClient(Uri server, string? key = null) : this(new HttpClient { BaseAddress = server })
    {
        if (key is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Creates a client over an <see cref="HttpClient"/> with your own handlers.</summary>
    /// <param name="http">Has the server's address as its base, and the key. Disposed with this client.</param>
    public ApiClient(HttpClient http)
    {
        _http = http;
        _api = new ApiConnection(http);
    }

    /// <summary>Submits batches and shows them while they run.</summary>
    public BatchesApi Batches => new(_api);

    /// <summary>Batches and other jobs: their status, events and files.</summary>
    public JobsApi Jobs => new(_api);

    /// <summary>Finished runs and their files.</summary>
    public RunsApi Runs => new(_api);

    /// <summary>Weights of portfolios.</summary>
    public WeightsApi Weights => new(_api);

    /// <summary>Production configurations.</summary>
    public DeploymentsApi Deployments => new(_api);

    /// <summary>Live sessions.</summary>
    public SessionsApi Sessions => new(_api);

    /// <summary>Live accounts and their strategies.</summary>
    public AccountsApi Accounts => new(_api);

    /// <summary>The registry of models.</summary>
    public ModelsApi Models => new(_api);

    /// <summary>Jobs that the server submits by itself.</summary>
    public SchedulesApi Schedules => new(_api);

    /// <summary>Strategies in one C# file.</summary>
    public CodeApi Code => new(_api);

    /// <summary>Stores of bars and uploads.</summary>
    public DataApi Data => new(_api);

    /// <summary>The server itself: changes, catalogues, silos, audit log.</summary>
    public ServerApi Server => new(_api);

    /// <summary>Ends the connections.</summary>
    public void Dispose() => _http.Dispose();
}
