using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Client;
using Granary.Client.Connections;
using Granary.Client.Schemas;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests.ClientCode;

/// <summary>The generated client against a real server.</summary>
public sealed class ClientFlowTests
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static BatchFile Batch => new()
    {
        Name = "typed",
        Data = new BatchData
        {
            Source = "csv:" + s_bars,
            Symbols = JsonSerializer.SerializeToElement("alpha-daily"),
            Timeframe = "1d",
        },
        Strategies =
        [
            new BatchFileStrategiesItem
            {
                Class = "SmaCross", Params = JsonSerializer.SerializeToElement(new { fast = new[] { 3, 5 }, slow = 20 }), Sides = "long",
                Size = new BatchFileStrategiesItemSize { Units = 10 },
            },
        ],
        Portfolio = new BatchFilePortfolio { Weights = JsonSerializer.SerializeToElement("equal") },
    };

    [Fact]
    public async Task A_batch_is_submitted_followed_and_read_row_by_row()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        using var client = new ApiClient(server.Address);
        (await client.Health.IsReadyAsync()).Status.ShouldBe("ready");
        var job = await client.Batches.SubmitBatchAsync(Batch, idempotencyKey: "typed-1");
        (await client.Batches.SubmitBatchAsync(Batch, idempotencyKey: "typed-1")).Id.ShouldBe(job.Id);
        var statuses = new List<JobStatus>();
        await foreach (var status in client.Batches.WatchBatchAsync(job.Id)) statuses.Add(status);
        (statuses[^1].State, statuses[^1].Fault, statuses[^1].Progress.Done).ShouldBe((JobState.Done, null, 2));
        statuses.Select(s => s.Revision).ShouldBeInOrder();

        (await client.Runs.ListRunsAsync(limit: 1)).Items.ShouldHaveSingleItem().Id.ShouldBe(job.Id);
        var run = await client.Runs.GetRunAsync(job.Id);
        (run.Strategies, run.Digest).ShouldBe((2, statuses[^1].Digest));
        var rows = await client.Runs.ListRunStrategiesAsync(job.Id, limit: 1, sort: "-sharpe");
        (rows.Total, rows.Items.Count).ShouldBe((2, 1));
        rows.Next.ShouldNotBeNull();
        var strategy = rows.Items[0].GetProperty("id").GetString()!;
        (await client.Runs.ListRunStrategiesAsync(job.Id, rows.Next, limit: 1, sort: "-sharpe")).Items[0].GetProperty("id").GetString()
            .ShouldNotBe(strategy);
        (await client.Runs.ListRunTradesAsync(job.Id, strategy: strategy)).Total.ShouldBeGreaterThan(0);
        var chart = await client.Runs.GetRunChartAsync(job.Id, new() { Symbol = "alpha-daily", Points = 10 });
        chart.Bars.Close.Count.ShouldBeInRange(1, 20);

        await using var file = await client.Runs.GetRunFileAsync(job.Id, "trades.csv");
        file.MediaType.ShouldBe("text/csv");
        using var text = new StreamReader(file.Content);
        (await text.ReadToEndAsync()).ShouldBe(await File.ReadAllTextAsync(Path.Combine(server.Folder, job.Id, "trades.csv")));
        (await client.Batches.ListBatchesAsync(limit: 1)).Value!.ShouldHaveSingleItem().Id.ShouldBe(job.Id);
    }

    [Fact]
    public async Task Weights_have_a_tag_and_the_change_of_an_old_one_is_refused_with_its_problem()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ApiClient(server.Address);
        var first = await client.Portfolios.SetWeightsAsync("main", Weights(0.5), ifNoneMatch: "*");
        (first.Status, first.ETag, first.Value!.Version).ShouldBe((HttpStatusCode.Created, "\"1\"", 1));
        var unchanged = await client.Portfolios.GetWeightsAsync("main", ifNoneMatch: first.ETag);
        (unchanged.Status, unchanged.Value).ShouldBe((HttpStatusCode.NotModified, null));
        using var table = new StringContent("strategy,weight\nA@ORCL:1d,0.25\n", Encoding.UTF8, "text/csv");
        var second = await client.Portfolios.SetWeightsAsync("main", table, why: "a table", ifMatch: first.ETag);
        second.Value!.Weights.ShouldBe(new Dictionary<string, double> { ["A@ORCL:1d"] = 0.25 });

        var refused = await Should.ThrowAsync<ApiException>(() =>
            client.Portfolios.SetWeightsAsync("main", Weights(1), ifMatch: first.ETag));
        refused.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        refused.Type.ShouldNotBeNull().ShouldStartWith("/errors");
        refused.Detail.ShouldContain("2");
        (await client.Portfolios.ListWeightsAsync("main")).Select(w => w.Why).ShouldBe(["a table", "because"]);

        static NewWeights Weights(double a) => new() { Weights = new Dictionary<string, double> { ["A@ORCL:1d"] = a }, Why = "because" };
    }

    [Fact]
    public async Task Faults_of_requests_and_missing_pages_have_the_servers_sentence()
    {
        await using var server = await ApiServer.StartAsync();
        using var client = new ApiClient(server.Address);
        (await Should.ThrowAsync<ApiException>(() => client.Runs.GetRunAsync("none"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Should.ThrowAsync<ApiException>(() => client.Runs.ListRunsAsync(limit: 100_000))).Detail.ShouldContain("limit=100000");
        var missing = await Should.ThrowAsync<ApiException>(async () =>
        {
            await foreach (var status in client.Jobs.WatchJobAsync("none")) status.ShouldBeNull();
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
            (await Should.ThrowAsync<ApiException>(() => none.Access.GetCallerAsync())).Status.ShouldBe(HttpStatusCode.Unauthorized);
            using var looker = new ApiClient(server.Address, viewer);
            (await looker.Access.GetCallerAsync()).Role.ShouldBe("viewer");
            (await Should.ThrowAsync<ApiException>(() => looker.Batches.SubmitBatchAsync(Batch))).Status.ShouldBe(HttpStatusCode.Forbidden);
            using var sender = new ApiClient(server.Address, submitter);
            using var bars = new StringContent("time,open,high,low,close,volume\n2022-01-01,1,2,0.5,1,10\n", Encoding.UTF8, "text/csv");
            (await sender.Uploads.PutUploadAsync("mine.csv", bars)).Name.ShouldBe("mine.csv");
            (await sender.Uploads.ListUploadsAsync()).ShouldHaveSingleItem();
            await sender.Uploads.DeleteUploadAsync("mine.csv");
            (await sender.Uploads.ListUploadsAsync()).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
