using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>A server that has a run, a job, a deployment, a session, a model, an upload, a schedule and a link.</summary>
internal sealed class SeededServer(ApiServer server, string job, string strategy, string link) : IAsyncDisposable
{
    private const string Account = "main", Upload = "mine.csv", Run = "run";

    public ApiServer Server => server;

    public static async Task<SeededServer> StartAsync(SessionsOverHttpTests.Configuration made)
    {
        var server = await ApiServer.StartAsync(folder: made.Folder, parts: ServerParts.Sessions);
        ModelsOverHttpTests.Fill(made.Folder);
        var job = await server.SubmitAsync();
        using var client = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        await client.StartSessionAsync(made.Start(Account));
        (await server.Client.PostAsJsonAsync("/api/v1/deployments", new { run = Run, why = "a test" })).EnsureSuccessStatusCode();
        (await server.Client.PostAsJsonAsync("/api/v1/models/gate/promote", new { version = 1 })).EnsureSuccessStatusCode();
        using var bars = new StringContent("time,open,high,low,close,volume\n2022-01-01,1,2,0.5,1,10\n", Encoding.UTF8, "text/csv");
        (await server.Client.PutAsync($"/api/v1/uploads/{Upload}", bars)).EnsureSuccessStatusCode();
        using var shared = await server.Client.PostAsJsonAsync($"/api/v1/runs/{Run}/shares", new { days = 1 });
        var link = (string)(await shared.Content.ReadFromJsonAsync<JsonObject>())!["url"]!;
        var rows = await server.Client.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{Run}/strategies");
        (await server.Client.PutAsJsonAsync("/api/v1/schedules/nightly",
            new { cron = "0 2 29 2 *", window = "2h", job = new { kind = "verify", run = Run }, why = "a test" }))
            .EnsureSuccessStatusCode();
        return new SeededServer(server, job.Id, (string)rows!["items"]![0]!["id"]!, link[(link.LastIndexOf('/') + 1)..]);
    }

    /// <summary>A value of a parameter in a path that names something that is there.</summary>
    /// <param name="path">The path of the operation, as in the document.</param>
    public string ValueOf(string path, string parameter) => (parameter, path.Split('/')[3]) switch
    {
        ("{id}", "jobs" or "batches") => job,
        ("{id}", "runs") => Run,
        ("{id}", "strategies") => strategy,
        ("{id}", _) => Account,
        ("{name}", "schedules") => "nightly",
        ("{name}", "models") => "gate",
        ("{name}", "uploads") => Upload,
        ("{name}", _) => path.Contains("/series/", StringComparison.Ordinal) ? "equity" : "results.json",
        ("{strategy}", _) => strategy,
        ("{symbol}", _) => "COINUSDT",
        ("{link}", _) => link,
        ("{kind}", _) => "combine",
        ("{number}" or "{version}", _) => "1",
        _ => throw new InvalidOperationException($"{path}: name something that is there for {parameter}"),
    };

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
