using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>
/// Each form that starts a job, with the values that it has by itself, on the runs of the quickstart and of an own file. A form ends with a
/// job that is done, or offers no run and gives the reason.
/// </summary>
public sealed class RunFormsTests(Browser browser)
{
    // Another cash, another timeframe and other costs than the quickstart.
    private static readonly JsonNode s_own = JsonNode.Parse("""
        { "name": "own", "data": { "source": "csv:.", "symbols": ["OWN"], "timeframe": "1h" },
          "account": { "cash": 25000 }, "execution": { "commissionPercent": 0.1 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 40] }, "size": { "percentOfEquity": 50 } } ],
          "portfolio": { "weights": "equal" } }
        """)!;

    [Fact]
    public async Task Each_form_on_a_run_finishes_with_its_defaults_or_says_why_it_cannot()
    {
        await using var server = await GranaryServer.StartAsync();
        var lines = await File.ReadAllLinesAsync(Path.Combine(server.Data, "COINUSDT.csv"));
        await File.WriteAllLinesAsync(Path.Combine(server.Data, "OWN.csv"), lines);
        var own = await server.JobAsync("batches", s_own);
        await using var visit = await Visit.OpenAsync(browser, server, "/");
        await visit.Button("Run the quickstart").ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("/runs/quickstart-"));
        var quickstart = visit.Page.Url.Split('/')[^1];
        await visit.SettledAsync();

        await CombineAsync(visit, server, own, quickstart);
        await VerifyAsync(visit, server, own);
        foreach (var run in (string[])[own, quickstart])
            foreach (var kind in (string[])["backtest", "walkforward", "reinforce", "train", "evaluate", "experiment"])
                await BatchAsync(visit, server, run, kind);
        await ReplayAsync(visit, server, own);
        await DeployAsync(visit, own);
        visit.Complaints.ShouldBeEmpty();
    }

    // Two runs with different cash: the portfolio has that of the first, as the form says.
    private static async Task CombineAsync(Visit visit, GranaryServer server, params string[] runs)
    {
        await visit.GoAsync($"/jobs/new?kind=combine&runs={string.Join(',', runs)}");
        var group = visit.Page.GetByRole(AriaRole.Group, new() { Name = "Runs" });
        await Assertions.Expect(group.GetByRole(AriaRole.Checkbox, new() { Checked = true })).ToHaveCountAsync(2);
        await visit.ShowsAsync("The run whose cash, costs, limits and benchmark the portfolio has where the runs differ");
        await StartAsync(visit, server, "combine", "Start the job");
    }

    private static async Task VerifyAsync(Visit visit, GranaryServer server, string run)
    {
        await visit.GoAsync($"/jobs/new?kind=verify&run={run}");
        await StartAsync(visit, server, "verify", "Start the job");
    }

    private static async Task BatchAsync(Visit visit, GranaryServer server, string run, string kind)
    {
        await visit.GoAsync($"/batches/new?like={run}&as={kind}");
        await ShrinkAsync(visit);
        await StartAsync(visit, server, kind, "Run the batch");
    }

    // A few strategies and markets do for a test of the form; the rest of the text stays.
    private static async Task ShrinkAsync(Visit visit)
    {
        var text = visit.Page.GetByLabel(new Regex("^Batch file"));
        var batch = JsonNode.Parse(await text.InputValueAsync(), null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        if ((string?)batch["name"] != "quickstart") return;
        batch["data"]!["symbols"] = new JsonArray("ACME");
        var strategies = batch["strategies"]!.AsArray();
        while (strategies.Count > 1) strategies.RemoveAt(1);
        strategies[0]!["params"] = new JsonObject { ["fast"] = new JsonArray(5, 10), ["slow"] = 50 };
        strategies[0]!["timeframe"] = "1h";
        await text.FillAsync(batch.ToJsonString());
    }

    // The models of a run are used again; runs without models are shown with the reason.
    private static async Task ReplayAsync(Visit visit, GranaryServer server, string own)
    {
        await visit.GoAsync($"/batches/new?like={own}&as=replay");
        var group = visit.Page.GetByRole(AriaRole.Group, new() { Name = "Models of" });
        await group.GetByText("has no models to use again").First.WaitForAsync();
        await Assertions.Expect(group.GetByRole(AriaRole.Radio).First).ToBeDisabledAsync();
        var learned = s_own.DeepClone();
        learned["learning"] = new JsonObject
        {
            ["trainer"] = "logistic",
            ["label"] = "direction",
            ["retrain"] = new JsonObject { ["days"] = 90 },
        };
        var trained = await server.JobAsync("batches", learned);
        await visit.GoAsync($"/batches/new?like={trained}&as=replay");
        await group.GetByRole(AriaRole.Radio).First.CheckAsync();
        await StartAsync(visit, server, "replay", "Run the batch");
    }

    // Enter in a field of a dialog is its button.
    private static async Task DeployAsync(Visit visit, string run)
    {
        await visit.GoAsync($"/deployments?run={run}");
        if (await visit.Page.GetByRole(AriaRole.Dialog).CountAsync() == 0) await visit.Button("Add a deployment").ClickAsync();
        var dialog = visit.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Run", new() { Exact = true }).SelectOptionAsync(run);
        await dialog.GetByLabel("Reason, for the history").FillAsync("a test");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync(new Regex("/deployments/1$"));
    }

    private static async Task StartAsync(Visit visit, GranaryServer server, string kind, string action)
    {
        var before = await NewestAsync(server);
        await visit.Button(action).ClickAsync();
        await Testing.Eventually.HoldsAsync(async () => await NewestAsync(server) != before
            || await visit.Page.GetByRole(AriaRole.Alert).CountAsync() > 0);
        (await visit.Page.GetByRole(AriaRole.Alert).AllInnerTextsAsync()).ShouldBeEmpty(kind);
        var id = (await NewestAsync(server))!;
        var end = await Testing.Eventually.IsAsync(() => server.GetAsync("jobs/" + id),
            j => j.GetProperty("state").GetString() is "done" or "failed" or "cancelled");
        (end.GetProperty("state").GetString(), end.GetProperty("kind").GetString()).ShouldBe(("done", kind), end.ToString());
    }

    private static async Task<string?> NewestAsync(GranaryServer server) =>
        (await server.GetAsync("jobs?limit=1")).GetProperty("items").EnumerateArray().Select(j => j.GetProperty("id").GetString())
            .FirstOrDefault();
}
