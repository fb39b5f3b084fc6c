using System.Net;
using Granary.Contracts.Jobs;
using Granary.Server.Access;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>Batches that would keep a server busy for long: what they count, what is refused, and that they can be cancelled.</summary>
public sealed class LargeBatchesTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("granary-large-").FullName, "keys.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private static string Batch(string source, string symbols, string timeframe = "1d") => $$"""
        { "name": "large", "data": { "source": "{{source}}", "symbols": {{symbols}}, "timeframe": "{{timeframe}}" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 10, "slow": 30 }, "size": { "units": 1 } } ] }
        """;

    private static string Symbols(int count) => "[" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"S{i}\"")) + "]";

    private static string Generated(int symbols, string from, string to) =>
        $"generated:{string.Join(',', Enumerable.Range(0, symbols).Select(i => $"S{i}USDT"))}?from={from}&to={to}";

    // 400,000 symbols of a folder without one of them; markets of a day; two markets of 8,000 years, made of minutes.
    public static TheoryData<string, string, double> Large { get; } = new()
    {
        { Batch("csv:bars", Symbols(400_000)), "symbols", 4e7 },
        { Batch(Generated(20_000, "2024-01-01", "2024-02-01"), "\"*\""), "markets", 20_000 * 31 * 1440.0 },
        { Batch(Generated(2, "0002-01-01", "8002-01-01"), "\"*\""), "years", 2 * 8000 * 365.2425 * 1440 },
    };

    [Theory]
    [MemberData(nameof(Large))]
    public async Task Symbols_markets_and_years_count_as_work_to_which_the_limit_of_a_key_applies(string batch, string what, double work)
    {
        var key = await ApiKeys.AddAsync(_file, "desk", Role.Submitter, TimeProvider.System);
        await using (var server = await ApiServer.StartAsync(ApiKeys.Open(_file), settings: s => s with { MostQueuedWork = work * 1.1 }))
        {
            Directory.CreateDirectory(Path.Combine(server.Folder, "bars"));
            using var taken = await server.As(key).SendAsync(ApiServer.Submission(batch));
            taken.StatusCode.ShouldBe(HttpStatusCode.Accepted, what);
            (await taken.ReadAsync<JobStatus>()).Work.ShouldBe(work, work / 20);
        }
        await using var small = await ApiServer.StartAsync(ApiKeys.Open(_file), settings: s => s with { MostQueuedWork = work * 0.9 });
        Directory.CreateDirectory(Path.Combine(small.Folder, "bars"));
        (await (await small.As(key).SendAsync(ApiServer.Submission(batch))).ProblemAsync(429)).ShouldContain("bars times strategies");
    }

    [Fact]
    public async Task Generated_bars_that_no_memory_holds_are_refused_when_they_are_submitted()
    {
        await using var server = await ApiServer.StartAsync();
        using var refused = await server.Client.SendAsync(ApiServer.Submission(Batch(Generated(200, "0002-01-01", "8002-01-01"), "\"*\"",
            "1m")));
        var sentence = await refused.ProblemAsync(400);
        sentence.ShouldContain("the source generates about 8.42E+11 bars, which need");
        sentence.ShouldContain("name fewer symbols, a shorter time or longer bars");
    }

    [Theory]
    [MemberData(nameof(Large))]
    public async Task Each_can_be_cancelled_while_it_is_planned_or_opened_and_the_next_batch_runs(string batch, string what, double work)
    {
        work.ShouldBePositive();
        await using var server = await ApiServer.StartAsync(parts: ServerParts.RealHost);
        Directory.CreateDirectory(Path.Combine(server.Folder, "bars"));
        var large = await server.SubmitAsync(batch);
        var next = await server.SubmitAsync(Batch("generated:AUSDT?from=2024-01-01&to=2024-03-01", "\"*\""));
        await server.UntilAsync(large.Id, s => s.State != JobState.Queued);
        using var cancelled = await server.Client.DeleteAsync($"/api/v1/batches/{large.Id}");
        var end = await server.UntilAsync(large.Id, s => s.Ended);
        // One that names symbols that are not there may have failed before.
        if (what != "symbols") end.State.ShouldBe(JobState.Cancelled, end.Fault);
        (await server.UntilAsync(next.Id, s => s.Ended)).State.ShouldBe(JobState.Done);
    }
}
