using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Cluster.Client;
using Granary.Contracts.Sessions;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Api.Tests;

/// <summary>Single strategies of a live session of one process, over real HTTP.</summary>
public sealed class SessionStrategiesOverHttpTests(SessionsOverHttpTests.Configuration made)
    : IClassFixture<SessionsOverHttpTests.Configuration>
{
    [Fact]
    public async Task A_strategy_of_a_session_is_shown_and_stopped_alone_and_the_stop_is_audited()
    {
        await using var server = await ApiServer.StartAsync(parts: ServerParts.Sessions);
        using var client = new GranaryClient(server.Address.ToString(), null, Eventually.Longest);
        await client.StartSessionAsync(made.Start("single", "fixed:1h"));
        using var production = JsonDocument.Parse(File.ReadAllBytes(made.Production));
        var ids = production.RootElement.GetProperty("strategies").EnumerateArray().Select(s => s.GetProperty("id").GetString()!).ToList();
        static string PathOf(string id) => "/api/v1/sessions/single/strategies/" + Uri.EscapeDataString(id);
        // While the account is opened the answer is 503.
        using var shown = await Eventually.IsAsync(() => server.Client.GetAsync(PathOf(ids[0])), r => r.StatusCode != HttpStatusCode
            .ServiceUnavailable);
        var strategy = (await shown.Content.ReadFromJsonAsync<JsonObject>())!;
        ((string)strategy["id"]!, (bool)strategy["enabled"]!, (double)strategy["weight"]!).ShouldBe((ids[0], true, 0.25));
        strategy.ContainsKey("error").ShouldBeFalse("the form of a batch's strategy leaves out what is null");

        using var stopped = await server.Client.DeleteAsync(PathOf(ids[0]) + "?why=too%20dear");
        stopped.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        ((bool)(await stopped.Content.ReadFromJsonAsync<JsonObject>())!["enabled"]!).ShouldBeFalse();
        (await server.Client.GetFromJsonAsync<SessionStrategy>(PathOf(ids[0]), Contracts.Jobs.JobJson.Options))!.Enabled.ShouldBeFalse();
        (await server.Client.GetFromJsonAsync<SessionStrategy>(PathOf(ids[1]), Contracts.Jobs.JobJson.Options))!.Enabled.ShouldBeTrue();
        // The second stop finds nothing to do, and the journal has one.
        (await server.Client.DeleteAsync(PathOf(ids[0]))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var history = (await server.Client.GetFromJsonAsync<JsonArray>($"/api/v1/strategies/{Uri.EscapeDataString(ids[0])}/history"))!;
        history.Select(h => ((bool)h!["enabled"]!, (string)h["why"]!)).ShouldBe([(false, "too dear")]);
        var audited = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/audit"))!["items"]!.AsArray()
            .Last(e => (string)e!["what"]! == "stopSessionStrategy")!;
        ((bool)audited["before"]!["enabled"]!, (bool)audited["after"]!["enabled"]!).ShouldBe((true, false));

        (await (await server.Client.GetAsync(PathOf("none"))).ProblemAsync(404)).ShouldContain(
            "no session of single runs, or it has no strategy none");
        await (await server.Client.DeleteAsync("/api/v1/sessions/other/strategies/none")).ProblemAsync(404);
        await client.CommandAsync("single", new NewCommand("stop", "", null, null, null));
        await (await server.Client.GetAsync(PathOf(ids[0]))).ProblemAsync(404);
    }
}
