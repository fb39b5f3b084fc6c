using System.Net;
using System.Net.Http.Json;
using System.Text;
using Granary.Client;
using Granary.Contracts.Jobs;
using Granary.Contracts.Weights;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests.ClientCode;

/// <summary>The client against a real server.</summary>
public sealed class ClientFlowTests
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static JsonContent Batch => JsonContent.Create(new
    {
        name = "typed",
        data = new { source = "csv:" + s_bars, symbols = "alpha-daily", timeframe = "1d" },
        strategies = new[]
        {
            new { @class = "SmaCross", @params = new { fast = new[] { 3, 5 }, slow = 20 }, sides = "long", size = new { units = 10 } },
        },
        portfolio = new { weights = "equal" },
    });

    [Fact]
    public async Task A_batch_is_submitted_followed_and_read_row_by_row()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        using var client = new ApiClient(server.Address);
        (await client.Server.ReadyAsync()).Status.ShouldBe("ready");
        var job = await client.Batches.SubmitAsync(Batch, idempotencyKey: "typed-1");
        (await client.Batches.SubmitAsync(Batch, idempotencyKey: "typed-1")).Id.ShouldBe(job.Id);
        var statuses = new List<JobStatus>();
        await foreach (var status in client.Jobs.WatchAsync(job.Id)) statuses.Add(status);
        (statuses[^1].State, statuses[^1].Fault, statuses[^1].Progress.Done).ShouldBe((JobState.Done, null, 2));
        statuses.Select(s => s.Revision).ShouldBeInOrder();

        (await client.Runs.ListAsync().ToListAsync()).ShouldHaveSingleItem().Id.ShouldBe(job.Id);
        var run = await client.Runs.GetAsync(job.Id);
        ((int)run["strategies"]!, (string?)run["digest"]).ShouldBe((2, statuses[^1].Digest));
        var rows = await client.Runs.StrategiesAsync(job.Id, limit: 1, sort: "-sharpe");
        (rows.Total, rows.Items.Count).ShouldBe((2, 1));
        rows.Next.ShouldNotBeNull();
        var strategy = (string)rows.Items[0]["id"]!;
        var others = await client.Runs.StrategiesAsync(job.Id, cursor: rows.Next, limit: 1, sort: "-sharpe");
        ((string?)others.Items[0]["id"]).ShouldNotBe(strategy);
        (await client.Runs.RowsAsync(job.Id, RunTable.Trades, new RowPart(strategy))).Total.ShouldBeGreaterThan(0);
        (await client.Runs.CurveAsync(job.Id, "equity", points: 10)).Values.Count.ShouldBeInRange(1, 20);
        (await client.Runs.BarsAsync(job.Id, "alpha-daily", points: 10)).Close.Count.ShouldBeInRange(1, 20);
        var chart = await client.Runs.ChartAsync(job.Id, new ChartPart("alpha-daily", Points: 10));
        chart.Bars.Close.Count.ShouldBeInRange(1, 20);

        await using var file = await client.Runs.FileAsync(job.Id, "trades.csv");
        file.MediaType.ShouldBe("text/csv");
        using var text = new StreamReader(file.Content);
        (await text.ReadToEndAsync()).ShouldBe(await File.ReadAllTextAsync(Path.Combine(server.Folder, job.Id, "trades.csv")));
        (await client.Jobs.ListAsync(JobState.Done, "backtest").ToListAsync()).ShouldHaveSingleItem().Id.ShouldBe(job.Id);
    }

    [Fact]
    public async Task Weights_have_a_tag_and_the_change_of_an_old_one_is_refused_with_its_problem()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ApiClient(server.Address);
        var first = await client.Weights.SetAsync("main", Weights(0.5), replaces: 0);
        first.Version.ShouldBe(1);
        (await client.Weights.GetNewerAsync("main", first.Version)).ShouldBeNull();
        using var table = new StringContent("strategy,weight\nA@ORCL:1d,0.25\n", Encoding.UTF8, "text/csv");
        var second = await client.Weights.SetAsync("main", table, why: "a table", replaces: first.Version);
        second.Weights.ShouldBe(new Dictionary<string, double> { ["A@ORCL:1d"] = 0.25 });
        (await client.Weights.GetNewerAsync("main", first.Version))!.Version.ShouldBe(second.Version);

        var refused = await Should.ThrowAsync<ApiException>(() => client.Weights.SetAsync("main", Weights(1), first.Version));
        refused.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        refused.Type.ShouldNotBeNull().ShouldStartWith("/errors");
        refused.Detail.ShouldContain("2");
        (await client.Weights.HistoryAsync("main")).Select(w => w.Why).ShouldBe(["a table", "because"]);

        static NewWeights Weights(double a) => new(new Dictionary<string, double> { ["A@ORCL:1d"] = a }, "because");
    }

    [Fact]
    public async Task Faults_of_requests_and_missing_pages_have_the_servers_sentence()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ApiClient(server.Address);
        (await Should.ThrowAsync<ApiException>(() => client.Runs.GetAsync("none"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Should.ThrowAsync<ApiException>(() => client.Runs.StrategiesAsync("none", limit: 100_000))).Detail
            .ShouldContain("limit=100000");
        var missing = await Should.ThrowAsync<ApiException>(async () =>
        {
            await foreach (var status in client.Jobs.WatchAsync("none")) status.ShouldBeNull();
        });
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_decides_what_a_caller_may_do_and_a_file_is_uploaded_and_deleted()
    {
        var folder = Directory.CreateTempSubdirectory("granary-client-").FullName;
        try
        {
            var file = Path.Combine(folder, "keys.json");
            var viewer = await ApiKeys.AddAsync(file, "dashboard", Role.Viewer, TimeProvider.System);
            var submitter = await ApiKeys.AddAsync(file, "desk", Role.Submitter, TimeProvider.System);
            await using var server = await ApiServer.StartAsync(ApiKeys.Open(file));
            using var none = new ApiClient(server.Address);
            (await Should.ThrowAsync<ApiException>(() => none.Server.CallerAsync())).Status.ShouldBe(HttpStatusCode.Unauthorized);
            using var looker = new ApiClient(server.Address, viewer);
            (await looker.Server.CallerAsync()).Role.ShouldBe("viewer");
            (await Should.ThrowAsync<ApiException>(() => looker.Batches.SubmitAsync(Batch))).Status.ShouldBe(HttpStatusCode.Forbidden);
            using var sender = new ApiClient(server.Address, submitter);
            using var bars = new StringContent("time,open,high,low,close,volume\n2022-01-01,1,2,0.5,1,10\n", Encoding.UTF8, "text/csv");
            (await sender.Data.UploadAsync("mine.csv", bars)).Name.ShouldBe("mine.csv");
            (await sender.Data.UploadsAsync()).ShouldHaveSingleItem();
            await sender.Data.DeleteUploadAsync("mine.csv");
            (await sender.Data.UploadsAsync()).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_stream_that_breaks_is_read_on_behind_its_last_event()
    {
        using var server = new BrokenStream();
        using var client = new ApiClient(new HttpClient(server) { BaseAddress = new Uri("http://server") });
        var statuses = await client.Jobs.WatchAsync("x").ToListAsync();
        statuses.Select(s => (s.Revision, s.State)).ShouldBe([(7, JobState.Running), (8, JobState.Done)]);
        server.Asked.ShouldBe([null, "7"]);
        (await client.Jobs.EventsAsync("x").ToListAsync()).Select(s => s.Revision).ShouldBe([7, 8]);
    }

    // The first answer ends before the job; the others repeat its event.
    private sealed class BrokenStream : HttpMessageHandler
    {
        public List<string?> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.Headers.TryGetValues("Last-Event-ID", out var last) ? last.Single() : null);
            var events = Asked.Count == 1 ? Event(7, "running") : Event(7, "running") + Event(8, "done");
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(events, Encoding.UTF8, "text/event-stream") });
        }

        private static string Event(int revision, string state) => $$"""
            event: progress
            id: {{revision}}
            data: {"id":"x","name":"x","revision":{{revision}},"state":"{{state}}","submittedBy":"x","submittedAt":"2024-01-01T00:00:00Z"}


            """;
    }
}
