using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>A process <c>granary serve</c>, or a silo, with keys and a confined data folder, and calls of its API.</summary>
internal sealed class GranaryServer : IAsyncDisposable
{
    private readonly List<string> _log = [];
    private readonly bool _isSilo;
    private Process? _process;

    private readonly string[] _options;

    private GranaryServer(string folder, int port, string admin, string viewer, bool isSilo, string[] options)
    {
        (_isSilo, _options) = (isSilo, options);
        (Folder, Port, Admin, Viewer) = (folder, port, admin, viewer);
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
    }

    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Text(Port)}");

    /// <summary>The key of an admin.</summary>
    public string Admin { get; }

    /// <summary>The key of a viewer.</summary>
    public string Viewer { get; }

    /// <summary>The service that gets the messages of the channel <c>phone</c>.</summary>
    public required ChatListener Chat { get; init; }

    /// <summary>Calls with the key of the admin.</summary>
    public HttpClient Client { get; }

    /// <param name="silo">A cluster of one silo, in the place of <c>granary serve</c>.</param>
    /// <param name="options">Further options of the command.</param>
    public static async Task<GranaryServer> StartAsync(bool silo = false, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("granary-dashboard-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        foreach (var symbol in (string[])["COINUSDT", "GLIMUSDT", "ACME"])
            File.Copy(Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h", symbol + ".csv"),
                Path.Combine(folder, "data", symbol + ".csv"));
        // No program listens at port 9: a test and each delivery to ops fail.
        await File.WriteAllTextAsync(Path.Combine(folder, "ops.secret"), "a secret of the tests");
        await File.WriteAllTextAsync(Path.Combine(folder, "phone.token"), "123456789:of-the-tests");
        var chat = new ChatListener { Answer = () => (200, "", """{"ok":true}""") };
        await File.WriteAllTextAsync(Path.Combine(folder, "notifications.json"), $$"""
            { "webhooks": [ { "name": "ops", "url": "http://127.0.0.1:9/hook", "secretFile": "ops.secret" } ],
              "telegram": [ { "name": "phone", "tokenFile": "phone.token", "chat": "1", "endpoint": "{{chat.Address}}", "every": "15m",
                "atMost": "20/h" } ],
              "rules": [ { "on": "session-lost", "to": "ops" }, { "on": "drawdown", "percent": 90, "to": "ops" } ] }
            """);
        var admin = await KeyAsync("office", Role.Admin);
        var server = new GranaryServer(folder, FreePorts.Take(), admin, await KeyAsync("screen", Role.Viewer), silo, options)
        {
            Chat = chat,
        };
        await server.RunAsync();
        return server;

        Task<string> KeyAsync(string name, Role role) =>
            ApiKeys.AddAsync(Path.Combine(folder, "keys.json"), name, role, TimeProvider.System);
    }

    /// <summary>Runs the process, again after <see cref="StopAsync"/>; returns when it answers.</summary>
    public async Task RunAsync()
    {
        string[] program = _isSilo ? [Programs.Silo, "--silo-port", Text(FreePorts.Take()), "--gateway-port", Text(FreePorts.Take())]
            : [Programs.Granary, "serve"];
        TestCosts.Count(_isSilo ? Started.Silo : Started.Server);
        _process = Start(Folder, [.. program, "--urls", Address.ToString(), "--runs", "runs", "--data", "data", "--keys", "keys.json",
            "--notifications", "notifications.json", .. _options]);
        foreach (var stream in (StreamReader[])[_process.StandardOutput, _process.StandardError]) _ = DrainAsync(stream);
        await Eventually.HoldsAsync(async () =>
        {
            if (_process.HasExited) throw new InvalidOperationException(string.Join('\n', _log));
            return await Answering.IsReadyAsync(Client, "/health/ready");
        });
    }

    /// <summary>Ends the process as a crash would.</summary>
    public async Task StopAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Submits a job and waits until it is done.</summary>
    /// <returns>Its id, which is its run's too.</returns>
    public async Task<string> JobAsync(string path, object body)
    {
        using var answer = await Client.PostAsJsonAsync("/api/v1/" + path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var end = await Eventually.IsAsync(() => GetAsync("jobs/" + id), j => State(j) is "done" or "failed" or "cancelled");
        State(end).ShouldBe("done", end.ToString());
        return id;

        static string State(JsonElement job) => job.GetProperty("state").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>("/api/v1/" + path);

    /// <summary>What a browser gets that loads an address.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var get = new HttpRequestMessage(HttpMethod.Get, path);
        get.Headers.Accept.ParseAdd("text/html");
        using var answer = await Client.SendAsync(get);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>Replaces the weights of a portfolio.</summary>
    /// <param name="version">The version that is replaced; 0 for none.</param>
    public async Task WeighAsync(string portfolio, int version, Dictionary<string, double> weights, string why)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/portfolios/{portfolio}/weights")
        {
            Content = JsonContent.Create(new { weights, why }),
        };
        if (version == 0) put.Headers.IfNoneMatch.ParseAdd("*");
        else put.Headers.IfMatch.ParseAdd(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
        (await Client.SendAsync(put)).EnsureSuccessStatusCode();
    }

    /// <summary>Starts a session on paper that trades a deployment.</summary>
    /// <param name="speed">As fixed:100ms or asap.</param>
    public async Task TradeAsync(int deployment, string account, string speed, string to = "2022-03-01", string? from = null)
    {
        var configuration = await Client.GetStringAsync($"/api/v1/deployments/{deployment}/configuration");
        using var answer = await Client.PostAsJsonAsync("/api/v1/sessions",
            new { configuration, deployment, account, feed = "csv:.", pace = speed, from, to, withoutEvidence = true },
            new JsonSerializerOptions { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Chat.DisposeAsync();
        if (_process is not null) await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // The first argument is the program.
    private static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["GRANARY_TRIALS"] = Path.Combine(folder, "trials");
        return Process.Start(start)!;
    }

    private async Task DrainAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
            lock (_log)
                _log.Add(line);
    }
}
