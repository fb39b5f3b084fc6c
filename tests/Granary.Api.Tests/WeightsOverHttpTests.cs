using System.Net;
using System.Net.Http.Json;
using System.Text;
using Granary.Contracts.Weights;
using Granary.Simulation.Weights;

namespace Granary.Api.Tests;

public class WeightsOverHttpTests(SharedServers servers)
{
    private static HttpRequestMessage Put(object body, string? match = null, string? noneMatch = null, string portfolio = "main")
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/portfolios/{portfolio}/weights")
        {
            Content = body is string text ? new StringContent(text, Encoding.UTF8, "application/json") : JsonContent.Create(body),
        };
        if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        if (noneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", noneMatch);
        return request;
    }

    private static object Weights(double a, string why = "because") =>
        new { weights = new Dictionary<string, double> { ["B(x=1)@ORCL:1d"] = 0, ["A(x=1)@ORCL:1d"] = a }, why };

    [Fact]
    public async Task Weights_are_set_once_read_with_their_tag_and_replaced_by_who_read_them()
    {
        await using var server = await ApiServer.StartAsync();
        await (await server.Client.GetAsync("/api/v1/portfolios/main/weights")).ProblemAsync(404);
        using var first = await server.Client.SendAsync(Put(Weights(0.5), noneMatch: "*"));
        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.ETag!.Tag.ShouldBe("\"1\"");
        using var read = await server.Client.GetAsync("/api/v1/portfolios/main/weights");
        var current = await read.ReadAsync<PortfolioWeights>();
        (current.Version, current.Who, current.Why).ShouldBe((1, "local", "because"));
        current.Weights.Keys.ShouldBe(["A(x=1)@ORCL:1d", "B(x=1)@ORCL:1d"]);
        using var second = await server.Client.SendAsync(Put(Weights(0.25, "less"), match: read.Headers.ETag!.Tag));
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.Headers.ETag!.Tag.ShouldBe("\"2\"");
        using var history = await server.Client.GetAsync("/api/v1/portfolios/main/weights/history");
        (await history.ReadAsync<List<PortfolioWeights>>()).Select(w => (w.Version, w.Why)).ShouldBe([(2, "less"), (1, "because")]);
        var unchanged = new HttpRequestMessage(HttpMethod.Get, "/api/v1/portfolios/main/weights");
        unchanged.Headers.TryAddWithoutValidation("If-None-Match", "\"2\"");
        (await server.Client.SendAsync(unchanged)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Weights_are_replaced_by_those_of_a_csv()
    {
        await using var server = await ApiServer.StartAsync();
        using var set = await server.Client.SendAsync(Table("strategy,weight\n\"A(x=1,y=2)@ORCL:1d\",0.75\nB@ORCL:1d,0\n"));
        set.StatusCode.ShouldBe(HttpStatusCode.Created);
        var current = await set.ReadAsync<PortfolioWeights>();
        current.Weights.ShouldBe(new Dictionary<string, double> { ["A(x=1,y=2)@ORCL:1d"] = 0.75, ["B@ORCL:1d"] = 0 });
        current.Why.ShouldBe("from a table");
        (await (await server.Client.SendAsync(Table("strategy,weight\nA,much\n"))).ProblemAsync(400))
            .ShouldContain("line 2, weight: 'much' is not a weight");

        static HttpRequestMessage Table(string text) =>
            new(HttpMethod.Put, "/api/v1/portfolios/main/weights?why=from%20a%20table")
            {
                Content = new StringContent(text, Encoding.UTF8, "text/csv"),
                Headers = { { "If-None-Match", "*" } },
            };
    }

    [Fact]
    public async Task A_change_is_previewed_without_a_write_and_an_earlier_version_comes_back_as_a_new_one()
    {
        await using var server = await ApiServer.StartAsync();
        const string Path = "/api/v1/portfolios/main/weights";
        await server.Client.SendAsync(Put(Weights(0.5), noneMatch: "*"));
        await server.Client.SendAsync(Put(new { weights = new { c = 1.0 } }, match: "\"1\""));
        foreach (var body in new object[] { new { version = 1 }, Weights(0.5) })
        {
            using var answer = await server.Client.PostAsJsonAsync(Path + "/preview", body);
            var plan = await answer.ReadAsync<WeightsPlan>();
            (plan.Current, plan.Next).ShouldBe((2, 3));
            plan.Changes.ShouldBe([new("A(x=1)@ORCL:1d", null, 0.5), new("B(x=1)@ORCL:1d", null, 0), new("c", 1, null)]);
        }
        (await (await server.Client.GetAsync(Path)).ReadAsync<PortfolioWeights>()).Version.ShouldBe(2);

        HttpRequestMessage Rollback(long version, string? match)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Path + "/rollback")
            {
                Content = JsonContent.Create(new { version, why = "it lost" }),
            };
            if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
            return request;
        }
        await (await server.Client.SendAsync(Rollback(1, null))).ProblemAsync(428);
        await (await server.Client.SendAsync(Rollback(1, "\"1\""))).ProblemAsync(412);
        (await (await server.Client.SendAsync(Rollback(7, "\"2\""))).ProblemAsync(404)).ShouldContain("has no version 7");
        using var back = await server.Client.SendAsync(Rollback(1, "\"2\""));
        var current = await back.ReadAsync<PortfolioWeights>();
        (current.Version, current.Why, current.Weights["A(x=1)@ORCL:1d"]).ShouldBe((3, "back to version 1: it lost", 0.5));
        (await (await server.Client.GetAsync(Path + "/history/2")).ReadAsync<PortfolioWeights>()).Weights.Keys.ShouldBe(["c"]);
        await (await server.Client.GetAsync(Path + "/history/9")).ProblemAsync(404);
        await (await server.Client.PostAsJsonAsync(Path + "/preview", new { })).ProblemAsync(400);
    }

    [Fact]
    public async Task A_put_that_says_nothing_of_what_it_replaces_is_428_and_a_stale_one_412()
    {
        await using var server = await ApiServer.StartAsync();
        await (await server.Client.SendAsync(Put(Weights(1)))).ProblemAsync(428);
        (await (await server.Client.SendAsync(Put(Weights(1), match: "\"1\""))).ProblemAsync(412)).ShouldContain("no weights yet");
        await server.Client.SendAsync(Put(Weights(1), noneMatch: "*"));
        await server.Client.SendAsync(Put(Weights(2), match: "\"1\""));
        (await (await server.Client.SendAsync(Put(Weights(3), match: "\"1\""))).ProblemAsync(412)).ShouldContain("version 2, not 1");
        (await (await server.Client.SendAsync(Put(Weights(3), noneMatch: "*"))).ProblemAsync(412)).ShouldContain("already");
        foreach (var odd in new[] { "2", "W/\"2\"", "*", "\"two\"", "\"-1\"" })
            await (await server.Client.SendAsync(Put(Weights(3), match: odd))).ProblemAsync(412);
    }

    [Fact]
    public async Task Of_many_who_replace_the_same_version_at_once_exactly_one_does()
    {
        await using var server = await ApiServer.StartAsync();
        await server.Client.SendAsync(Put(Weights(0), noneMatch: "*"));
        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => server.Client.SendAsync(Put(Weights(i), match: "\"1\""))));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(19);
    }

    [Theory]
    [InlineData("""{ "why": "no weights" }""", "weights")]
    [InlineData("""{ "weights": { "a": "much" } }""", "weights.a")]
    [InlineData("""{ "weights": { "": 1 } }""", "no strategy id")]
    [InlineData("not json", "JSON")]
    public async Task Wrong_weights_are_refused_with_what_is_wrong(string body, string sentence)
    {
        var server = await servers.PlainAsync;
        (await (await server.Client.SendAsync(Put(body, noneMatch: "*"))).ProblemAsync(400)).ShouldContain(sentence);
        (await (await server.Client.SendAsync(Put(Weights(1), noneMatch: "*",
            portfolio: "..%2fx"))).ProblemAsync(400)).ShouldContain("portfolio's id");
    }

    [Fact]
    public async Task Two_keepers_of_one_folder_never_lose_a_version()
    {
        var folder = Directory.CreateTempSubdirectory("granary-weights-").FullName;
        try
        {
            var keepers = new[] { new FileWeights(folder, TimeProvider.System), new FileWeights(folder, TimeProvider.System) };
            await Task.WhenAll(keepers.Select(async (keeper, k) =>
            {
                for (var done = 0; done < 10;)
                {
                    try
                    {
                        var version = (await keeper.FindAsync("p"))?.Version ?? 0;
                        await keeper.SetAsync("p", version, new Dictionary<string, double> { ["s"] = k }, "test", "");
                        done++;
                    }
                    catch (StaleWeightsException)
                    {
                    }
                }
            }));
            var history = await keepers[0].HistoryAsync("p");
            history.Select(w => w.Version).ShouldBe(Enumerable.Range(1, 20).Reverse().Select(v => (long)v));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
