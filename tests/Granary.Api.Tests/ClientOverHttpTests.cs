using System.Net;
using System.Net.Sockets;
using Granary.Cluster.Client;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Access;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Testing;

namespace Granary.Api.Tests;

public sealed class ClientOverHttpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-client-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec =>
        new BatchReader(TestCatalogues.All).Read("my.json", System.Text.Encoding.UTF8.GetBytes(ApiServer.Batch), _folder);

    private string Out => Path.Combine(_folder, "out");

    private static GranaryClient Client(ApiServer server, double timeout = 10, string? key = null) =>
        new(server.Address.ToString(), key, TimeSpan.FromSeconds(timeout));

    [Fact]
    public async Task A_batch_is_submitted_followed_and_its_folder_brought_back()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = Client(server);
        var seen = new List<JobStatus>();
        var (status, folder) = await RemoteBatch.RunAsync(client, Spec, "my.json", Out, s => { seen.Add(s); server.Host.Go(); });
        (status.State, status.Digest, folder).ShouldBe((JobState.Done, "cafe", Out));
        Directory.GetFiles(Out).Select(Path.GetFileName).Order().ShouldBe(["results.json", "trades.csv"]);
        seen[^1].Ended.ShouldBeTrue();
        server.Host.Specs[0].Folder.ShouldBe(_folder);
    }

    [Fact]
    public async Task A_server_that_restarts_in_mid_batch_is_found_again_and_the_batch_is_brought_home()
    {
        var runs = Path.Combine(_folder, "runs");
        var first = await ApiServer.StartAsync(folder: runs);
        var second = await ApiServer.StartAsync(folder: Path.Combine(_folder, "unused"));
        await second.DisposeAsync(); // its address is one where no server listens
        using var client = new GranaryClient($"{second.Address},{first.Address}", null, Eventually.Longest);
        var batch = await client.SubmitAsync(Spec, "my.json");
        first.Host.Go();
        await first.UntilAsync(batch.Id, s => s.Progress.Done == 1);
        var statuses = new List<JobStatus>();
        var watching = Task.Run(async () => { await foreach (var s in client.WatchAsync(batch.Id)) statuses.Add(s); });
        await Eventually.HoldsAsync(() => statuses.Count > 0);
        await first.DisposeAsync();
        await using var again = await ApiServer.StartAsync(folder: runs, urls: first.Address.ToString());
        for (var i = 0; i < 3; i++) again.Host.Go();
        await watching.WaitAsync(Eventually.Longest);
        statuses[^1].State.ShouldBe(JobState.Done);
        (await client.DownloadAsync(batch.Id, Out)).ShouldBe(["results.json", "trades.csv"]);
    }

    [Fact]
    public async Task A_client_that_stops_waiting_cancels_the_batch_at_the_server_too()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = Client(server);
        using var stop = new CancellationTokenSource();
        string? id = null;
        await Should.ThrowAsync<OperationCanceledException>(() => RemoteBatch.RunAsync(client, Spec, "my.json", Out, s =>
        {
            id =
            s.Id; if (s.State == JobState.Running) stop.Cancel();
        }, cancellationToken: stop.Token));
        (await server.UntilAsync(id!, s => s.Ended)).State.ShouldBe(JobState.Cancelled);
        Directory.Exists(Out).ShouldBeFalse();
    }

    [Fact]
    public async Task A_batch_that_fails_for_its_input_is_the_callers_fault_and_another_failure_is_not()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = Client(server);
        server.Host.Throw(new InputException("bars/orcl.csv, line 3: the close is missing"));
        (await Should.ThrowAsync<InputException>(() => RemoteBatch.RunAsync(client, Spec, "my.json",
            Out))).Message.ShouldBe("bars/orcl.csv, line 3: the close is missing");
        server.Host.Throw(new InvalidOperationException("boom"));
        (await Should.ThrowAsync<ServiceUnavailableException>(() => RemoteBatch.RunAsync(client, Spec, "my.json",
            Out))).Message.ShouldBe("boom");
    }

    [Fact]
    public async Task An_address_where_no_server_listens_is_an_error_within_the_timeout()
    {
        var port = FreePorts.Take();
        using var client = new GranaryClient($"http://127.0.0.1:{port}", null, TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<ServiceUnavailableException>(() => client.SubmitAsync(Spec,
            "my.json"))).Message.ShouldContain($"no Granary server answered at http://127.0.0.1:{port} within 1 s");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_wait_for_servers_that_are_away_ends_at_the_timeout_however_often_it_has_asked(int servers)
    {
        var clock = new ManualClock();
        var timeout = TimeSpan.FromMinutes(TestEffort.Of(1, 5));
        var addresses = FreePorts.Take(servers).Select(p => $"http://127.0.0.1:{p}");
        using var client = new GranaryClient(string.Join(',', addresses), null, timeout, clock: clock);
        var asked = client.GetAsync("x");
        // Time passes only while the client pauses, so that it asks as often as it does in minutes.
        while (!asked.IsCompleted)
        {
            await Eventually.HoldsAsync(() => asked.IsCompleted || clock.NextDue - clock.GetUtcNow() <= TimeSpan.FromMilliseconds(500));
            if (!asked.IsCompleted) clock.Advance(clock.NextDue!.Value - clock.GetUtcNow());
        }
        (await Should.ThrowAsync<ServiceUnavailableException>(() => asked)).Message.ShouldContain($"within {timeout.TotalSeconds:0} s");
    }

    [Theory]
    [InlineData("Content-Type: text/event-stream\r\nContent-Length: 100\r\n\r\ndata: {", "no server gave the status of x within 1 s")]
    [InlineData("Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":", "no Granary server answered at")]
    [InlineData("Content-Type: application/json\r\n\r\n{\"id\":", "is not the JSON that this client expects")]
    public async Task A_server_that_breaks_off_each_answer_is_reported_within_the_timeout(string answer, string sentence)
    {
        using var broken = Answering(answer);
        using var client = new GranaryClient($"http://{broken.LocalEndpoint}", null, TimeSpan.FromSeconds(1));
        Func<Task> call = answer.Contains("event-stream", StringComparison.Ordinal)
            ? async () => { await foreach (var _ in client.WatchAsync("x")) { } }
        : () => client.GetAsync("x");
        (await Should.ThrowAsync<Exception>(call).WaitAsync(Eventually.Longest)).Message.ShouldContain(sentence);
    }

    [Theory]
    [InlineData(false, "ended prematurely")]
    [InlineData(true, "nothing more came for 1 s")]
    public async Task A_file_that_a_server_breaks_off_is_asked_for_three_times_and_leaves_no_half_of_it(bool stops, string reason)
    {
        using var broken = Answering("Content-Type: text/csv\r\nContent-Length: 100\r\n\r\ntime,", stops,
            first: """
                {"id":"x","kind":"backtest","state":"done","name":"x","revision":1,"submittedBy":"x","submittedAt":"2024-01-01T00:00:00Z",
                 "work":0,"wrongInput":false,"files":["trades.csv"],"ended":true,
                 "progress":{"strategies":1,"done":1,"failed":0,"bars":1,"barsTotal":1}}
                """);
        using var client = new GranaryClient($"http://{broken.LocalEndpoint}", null, TimeSpan.FromSeconds(1));
        var fault = await Should.ThrowAsync<ServiceUnavailableException>(() => client.DownloadAsync("x", Out))
            .WaitAsync(Eventually.Longest);
        fault.Message.ShouldStartWith("the server broke off the file trades.csv three times");
        fault.Message.ShouldContain(reason);
        Directory.GetFiles(Out).ShouldBeEmpty();
    }

    // Answers each connection with the same text after the status line, the first one with a document, and ends it or not.
    private static TcpListener Answering(string answer, bool stops = false, string? first = null)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            var kept = new List<TcpClient>();
            for (var n = 0; ; n++)
            {
                var connection = await listener.AcceptTcpClientAsync();
                kept.Add(connection);
                var stream = connection.GetStream();
                await stream.ReadExactlyAsync(new byte[16]);
                var text = n == 0 && first is not null
                    ? $"Content-Type: application/json\r\nContent-Length: {first.Length}\r\nConnection: close\r\n\r\n{first}" : answer;
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nGranary-Api: 1\r\n{text}"));
                if (!stops) connection.Dispose();
            }
        });
        return listener;
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_does_not_hang_the_client()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        using var client = new GranaryClient($"http://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}", null, TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<ServiceUnavailableException>(() => client.GetAsync("x"))).Message.ShouldContain("no answer");
    }

    [Fact]
    public async Task The_reason_of_a_server_that_is_not_ready_is_kept_while_its_next_answer_is_waited_for()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        _ = Task.Run(async () =>
        {
            using var first = await busy.AcceptTcpClientAsync();
            var stream = first.GetStream();
            (await stream.ReadAtLeastAsync(new byte[4096], 16, false)).ShouldBeGreaterThan(0);
            await stream.WriteAsync("HTTP/1.1 503 Not now\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"u8.ToArray());
            await stream.WriteAsync("Content-Length: 34\r\n\r\n{\"detail\":\"its database is away.\"}"u8.ToArray());
        });
        var port = ((IPEndPoint)busy.LocalEndpoint).Port;
        using var client = new GranaryClient($"http://127.0.0.1:{port}", null, TimeSpan.FromSeconds(20));
        (await Should.ThrowAsync<ServiceUnavailableException>(() => client.GetAsync("x"))).Message
            .ShouldBe($"no server took the request within 20 s (http://127.0.0.1:{port}: its database is away)");
    }

    [Theory]
    [InlineData("", "is not a Granary server")]
    [InlineData("Granary-Api: 2\r\n", "speaks version 2 of the API and this client version 1")]
    public async Task Another_program_or_another_version_at_the_address_is_named_in_the_error(string headers, string sentence)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        _ = Task.Run(async () =>
        {
            using var connection = await other.AcceptTcpClientAsync();
            var stream = connection.GetStream();
            (await stream.ReadAtLeastAsync(new byte[4096], 16, false)).ShouldBeGreaterThan(0);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\n{{}}"));
        });
        using var client = new GranaryClient($"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}", null, Eventually.Longest);
        (await Should.ThrowAsync<InputException>(() => client.GetAsync("x"))).Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task A_missing_key_and_a_missing_role_are_reported()
    {
        var file = Path.Combine(_folder, "keys.json");
        var viewer = await ApiKeys.AddAsync(file, "dashboard", Role.Viewer, TimeProvider.System);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(file));
        using var none = Client(server);
        (await Should.ThrowAsync<InputException>(() => none.SubmitAsync(Spec, "my.json"))).Message.ShouldContain("GRANARY_KEY");
        using var looker = Client(server, key: viewer);
        (await Should.ThrowAsync<InputException>(() => looker.SubmitAsync(Spec, "my.json"))).Message
            .ShouldContain("does not have the role");
    }

    [Theory]
    [InlineData("")]
    [InlineData("embeded")]
    [InlineData("ftp://x")]
    public void What_is_no_address_is_said_to_be_none(string host) =>
        Should.Throw<InputException>(() => new GranaryClient(host, null)).Message.ShouldContain("http://127.0.0.1:8080");
}
