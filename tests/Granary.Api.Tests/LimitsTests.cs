using System.Net;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Limits of each key; a loopback server without keys has none.</summary>
public sealed class LimitsTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("granary-keys-").FullName, "keys.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private Task<string> Add(string name, Role role) => ApiKeys.AddAsync(_file, name, role, TimeProvider.System);

    [Fact]
    public async Task A_key_over_its_rate_gets_429_with_a_time_to_wait_and_others_are_served()
    {
        var (first, second) = (await Add("one", Role.Viewer), await Add("two", Role.Viewer));
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), settings: s => s with { RequestsPerSecond = 2 });
        using var client = server.As(first);
        using var answer = await client.GetAsync("/api/v1/jobs");
        answer.Headers.GetValues("RateLimit").Single().ShouldStartWith("\"requests\";r=");
        // A busy machine can take so long for its requests that all are within the rate.
        var refused = (await Eventually.IsAsync(async () =>
                (await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.GetAsync("/api/v1/jobs"))))
                    .FirstOrDefault(a => a.StatusCode == HttpStatusCode.TooManyRequests),
            a => a is not null))!;
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
        (await refused.ProblemAsync(429)).ShouldContain("'one' may send 2 requests a second");
        (await server.As(second).GetAsync("/api/v1/jobs")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_opens_as_many_streams_as_it_may_and_a_closed_one_makes_room()
    {
        var key = await Add("one", Role.Viewer);
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), settings: s => s with { MostStreams = 1 });
        using var client = server.As(key);
        using (var open = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            open.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await (await client.GetAsync("/api/v1/events")).ProblemAsync(429)).ShouldContain("may have 1 streams open");
            (await client.GetAsync("/api/v1/jobs")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        await Eventually.HoldsAsync(async () =>
        {
            using var again = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
            return again.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_key_queues_as_many_jobs_as_it_may()
    {
        var (first, second) = (await Add("one", Role.Submitter), await Add("two", Role.Submitter));
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), settings: s => s with { MostQueued = 2 });
        using var client = server.As(first);
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++) codes.Add((await client.SendAsync(ApiServer.Submission())).StatusCode);
        codes.Count(c => c == HttpStatusCode.Accepted).ShouldBeInRange(2, 3, "one may run already");
        codes[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        (await server.As(second).SendAsync(ApiServer.Submission())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_key_queues_as_many_bars_times_strategies_as_it_may()
    {
        var (first, second) = (await Add("one", Role.Submitter), await Add("two", Role.Submitter));
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(_file), settings: s => s with { MostQueuedWork = 1000 });
        Directory.CreateDirectory(Path.Combine(server.Folder, "bars"));
        // 300 bars of 40 bytes, for one strategy.
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "bars", "orcl.csv"), new string('1', 12_000));
        using var client = server.As(first);
        using var job = await (await client.SendAsync(ApiServer.Submission())).ReadAsync<System.Text.Json.JsonDocument>();
        job.RootElement.GetProperty("work").GetDouble().ShouldBe(300);
        await Eventually.HoldsAsync(() => server.Host.Begun.Count == 1);
        for (var i = 0; i < 3; i++) (await client.SendAsync(ApiServer.Submission())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await (await client.SendAsync(ApiServer.Submission())).ProblemAsync(429)).ShouldContain(
            "this job has about 3E+2 bars times strategies, 9E+2 are waiting, and 1E+3 may wait for one key");
        (await server.As(second).SendAsync(ApiServer.Submission())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var wide = ApiServer.Batch.Replace("\"fast\": 10", "\"fast\": [10, 11, 12, 13]");
        (await (await server.As(second).SendAsync(ApiServer.Submission(wide))).ProblemAsync(429)).ShouldContain("1.2E+3");
    }

    [Fact]
    public async Task A_server_without_keys_has_no_limits()
    {
        await using var server = await ApiServer.StartAsync(settings: s => s with { RequestsPerSecond = 1 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.Client.GetAsync("/api/v1/jobs")));
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.OK);
        answers[0].Headers.Contains("RateLimit").ShouldBeFalse();
    }
}
