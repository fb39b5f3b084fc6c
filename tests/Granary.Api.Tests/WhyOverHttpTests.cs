using Granary.Client;
using Granary.Contracts.Why;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary><c>why</c> over HTTP: of a run and of a session, with the same answers as the command line's services.</summary>
public sealed class WhyOverHttpTests(SessionsOverHttpTests.Configuration made) : IClassFixture<SessionsOverHttpTests.Configuration>
{
    [Fact]
    public async Task A_run_and_a_session_are_asked_by_the_same_query_and_wrong_questions_are_problems()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions, folder: made.Folder);
        using var client = new ApiClient(server.Address);
        var stop = TestContext.Current.CancellationToken;
        var line = File.ReadLines(Path.Combine(made.Folder, "run", "signals.csv")).Skip(1).First();
        var (strategy, cells) = (line.Split('"')[1], line.Split('"')[2].Split(','));
        var answer = await client.Runs.WhyAsync("run", new WhyQuery(strategy, Signal: 1), stop);
        (answer.Signals[0].Number, answer.Signals[0].Decision, answer.Source).ShouldBe((1, cells[11], "run"));
        answer.Bar!.Time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(cells[3]);
        var next = await client.Runs.WhyAsync("run", new WhyQuery(strategy, At: answer.Bar.Time, Step: 1), stop);
        next.Bar!.Number.ShouldBe(answer.Bar.Number + 1);

        var path = $"/api/v1/runs/run/why?strategy={Uri.EscapeDataString(strategy)}";
        (await (await server.Client.GetAsync(path, stop)).ProblemAsync(400)).ShouldContain("give at, trade, signal, or from and to");
        (await (await server.Client.GetAsync(path + "&at=yesterday", stop)).ProblemAsync(400)).ShouldContain("is not a date");
        await (await server.Client.GetAsync(path.Replace("/run/", "/none/", StringComparison.Ordinal) + "&signal=1", stop))
            .ProblemAsync(404);
        await (await server.Client.GetAsync($"/api/v1/sessions/none/why?strategy=x&signal=1", stop)).ProblemAsync(404);
    }
}
