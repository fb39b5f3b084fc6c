using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Contracts.Sessions;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>The queries of deploy/grafana in a real Prometheus that scrapes a real silo with batches and live sessions.</summary>
public sealed class DashboardQueriesTests(SessionsInTheClusterTests.Made made) : IClassFixture<SessionsInTheClusterTests.Made>
{
    // Panels without a value here, and why.
    private static readonly FrozenDictionary<string, string> s_empty = new Dictionary<string, string>
    {
        ["Lateness of bars"] = "the sessions replay old bars, which have no lateness",
    }.ToFrozenDictionary();

    private static readonly (string Name, string Value)[] s_variables =
        [("$__rate_interval", "1m"), ("$__range", "5m"), ("$job", "granary"), ("$silo", ".*"), ("$account", ".*"), ("$kind", ".*")];

    [LongFact("DashboardTests (Deployment: each query names metrics that the silo has)")]
    public async Task Every_query_of_every_panel_has_a_value()
    {
        var database = await made.Server.CreateDatabaseAsync();
        await using var silo = await SiloProcess.JoinAsync(database, "granary", "--runs", Path.Combine(made.Folder, "runs-dashboards"));
        await using var prometheus = await Prometheus.StartAsync(silo.HttpPort);
        using var client = new GranaryClient(silo.Client.BaseAddress!.ToString(), key: null, Eventually.Longest);
        await client.StartSessionAsync(made.Start("seed=5,reject=0.2", "fixed:100ms", "2023-06-01") with { Account = "main" });
        await client.StartSessionAsync(made.Start(speed: "fixed:100ms", to: "2023-06-01") with { Account = "paused" });
        var nowhere = Directory.CreateDirectory(Path.Combine(made.Folder, "nowhere")).FullName;
        await client.StartSessionAsync(made.Start() with { Account = "failed", Feed = Address.Parse("csv:" + nowhere) });
        await client.CommandAsync("paused", new NewCommand("pause", "a test", null, null, null));
        // A histogram appears with its first value, which is no increase: two batches, one after the other.
        await client.SubmitAsync(TestBatches.Quickstart);
        await Eventually.HoldsAsync(async () => (await prometheus.QueryAsync("granary_job_duration_seconds_count")).Count > 0);
        await client.SubmitAsync(TestBatches.Quickstart);

        var queries = Queries();
        queries.Count.ShouldBeGreaterThan(70);
        // Each has a value at some time: a rate over a minute ends with its events.
        var missing = queries.Where(q => !s_empty.ContainsKey(q.Panel)).ToList();
        await Eventually.IsAsync(async () =>
        {
            await client.ClusterAsync();
            foreach (var query in missing.ToList())
                if (await HasValueAsync(prometheus, query.Query)) missing.Remove(query);
            return string.Join('\n', missing);
        }, left => left.Length == 0, Eventually.LongestWork, "every panel has a value");
        // Those that are listed are still empty, or the list is wrong.
        foreach (var (panel, query) in queries.Where(q => s_empty.ContainsKey(q.Panel)))
            (await prometheus.QueryAsync(query)).Count.ShouldBe(0, panel);
        await SeriesAreBoundedAsync(prometheus);
        await SeriesEndWithTheSessionAsync(prometheus, client);
    }

    // Docs/observability.md: the number of series of a silo, and of each session.
    private static async Task SeriesAreBoundedAsync(Prometheus prometheus)
    {
        async Task<int> CountAsync(string selector) =>
            int.Parse((string)(await prometheus.QueryAsync($"count({selector})"))[0]!["value"]![1]!, CultureInfo.InvariantCulture);
        (await CountAsync("{job=\"granary\"}")).ShouldBeLessThan(1000);
        (await CountAsync("{granary_account=\"main\"}")).ShouldBeLessThan(40);
    }

    // A gauge that kept its last value would be an alert for a session that has ended. Counters, and when they began, stay.
    private static async Task SeriesEndWithTheSessionAsync(Prometheus prometheus, GranaryClient client)
    {
        await client.CommandAsync("main", new NewCommand("stop", "a test", null, null, null));
        await Eventually.IsAsync(async () => string.Join(' ',
            (await prometheus.QueryAsync("{granary_account=\"main\", __name__=~\"granary_session_.*\", __name__!~\".*_(total|created)\"}"))
            .Select(s => (string)s!["metric"]!["__name__"]!)), left => left.Length == 0, text: "the gauges of a session end with it");
    }

    private static async Task<bool> HasValueAsync(Prometheus prometheus, string query) =>
        (await prometheus.QueryAsync(query)).Any(s => (string)s!["value"]![1]! != "NaN");

    // With the variables as Grafana replaces them: all of each.
    private static List<(string Panel, string Query)> Queries()
    {
        List<(string, string)> queries = [];
        foreach (var file in Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "deploy", "grafana"), "*.json").Order())
        {
            var panels = JsonNode.Parse(File.ReadAllText(file))!["panels"]!.AsArray();
            foreach (var panel in panels.Where(p => (string)p!["type"]! != "row"))
                foreach (var target in panel!["targets"]!.AsArray())
                {
                    var query = (string)target!["expr"]!;
                    foreach (var (name, value) in s_variables) query = query.Replace(name, value, StringComparison.Ordinal);
                    query.ShouldNotContain("$");
                    queries.Add(((string)panel["title"]!, query));
                }
        }
        return queries;
    }
}
