using System.Net.Http.Json;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>Rules of notifications, edited in the page beside another person who edits them too.</summary>
public sealed class AlertsTests(DashboardTab tab, TradedServer traded) : IClassFixture<DashboardTab>
{
    [Fact]
    public async Task Rules_are_added_changed_and_removed_also_while_somebody_else_changes_them()
    {
        var server = await traded.ServerAsync();
        var visit = await tab.LoadAsync("/alerts");
        var dialog = visit.Page.Locator("dialog");
        var rules = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Rules" });
        await Assertions.Expect(rules).ToContainTextAsync("Equity is 90 % below its highest");
        await visit.ShowsAsync("The rules are those of the file");

        await visit.Button("Add a rule").ClickAsync();
        await dialog.GetByLabel("Event").SelectOptionAsync("feed-lag");
        await dialog.GetByText("No bar for 300 s").WaitForAsync();
        await dialog.GetByLabel("Collect for").FillAsync("2h");
        await dialog.GetByLabel("Threshold, s").FillAsync("86400");
        await dialog.GetByLabel("Account").FillAsync("quiet");
        await dialog.GetByLabel("Reason, for the audit log").FillAsync("nights");
        await visit.PictureAsync("rule");
        await visit.Button("Add the rule").ClickAsync();
        await Assertions.Expect(rules.GetByRole(AriaRole.Row, new() { Name = "No bar for 86400 s" })).ToContainTextAsync("every 2h");
        await visit.ShowsAsync("by office: nights");

        // A rule that cannot notify is refused in the dialog, and nothing changes.
        await visit.Button("Change: No bar for 86400 s").ClickAsync();
        await dialog.GetByLabel("ops").UncheckAsync();
        await dialog.GetByLabel("Collect for").FillAsync("");
        await visit.Button("Save the rule").ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("no channel is named; the channels are");
        await dialog.GetByLabel("ops").CheckAsync();

        await SaveBesideAnotherAsync(server, visit);
        await Assertions.Expect(rules.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await Assertions.Expect(rules).ToContainTextAsync("No bar for 7200 s");

        await visit.Button("Remove: No bar for 7200 s").ClickAsync();
        await visit.Button("Remove the rule").ClickAsync();
        await Assertions.Expect(rules).Not.ToContainTextAsync("No bar for");
        await visit.Button("Back to the rules of the file").ClickAsync();
        await visit.Button("Use the rules of the file").ClickAsync();
        await Assertions.Expect(rules).ToContainTextAsync("Equity is 90 % below its highest");

        await visit.Button("Send a test to ops").ClickAsync();
        await visit.ShowsAsync("ops did not take the test: 127.0.0.1 cannot be reached");
        await visit.Button("Send a test to phone").ClickAsync();
        await visit.ShowsAsync("phone took the test: 127.0.0.1 answered with 200.");
        ((string)server.Chat.Received.Single().Body["text"]!).ShouldStartWith("Granary: test · phone\nThis is a test");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Channels" })
            .GetByRole(AriaRole.Row, new() { Name = "phone" })).ToContainTextAsync("one message every 15m, at most 20/h");
        foreach (var width in (int[])[390, 820, 1440])
        {
            await visit.Page.SetViewportSizeAsync(width, 900);
            await visit.PictureAsync($"alerts-{width}");
        }
        // The browser reports the refusals of the two wrong calls.
        visit.Complaints.Where(c => !c.Contains("status of 400") && !c.Contains("status of 412")).ShouldBeEmpty();
    }

    // Somebody else changes another rule meanwhile: a conflict, and the same button saves both.
    private static async Task SaveBesideAnotherAsync(GranaryServer server, Visit visit)
    {
        var dialog = visit.Page.Locator("dialog");
        var now = await server.GetAsync("notifications");
        using var put = new HttpRequestMessage(HttpMethod.Put, "/api/v1/notifications/rules")
        {
            Content = JsonContent.Create(new
            {
                rules = new object[] { new { on = "session-lost", to = (string[])["ops"] },
                    new { on = "feed-lag", threshold = 86400, account = "quiet", every = "2h", to = (string[])["ops"] } },
                why = "theirs",
            }),
        };
        put.Headers.TryAddWithoutValidation("If-Match", $"\"{now.GetProperty("version").GetInt64()}\"");
        // The page reads the rules each five seconds, and may have theirs before the button is used.
        (await server.Client.SendAsync(put)).EnsureSuccessStatusCode();
        await dialog.GetByLabel("Threshold, s").FillAsync("7200");
        await visit.Button("Save the rule").ClickAsync();
        await Granary.Testing.Eventually.HoldsAsync(async () =>
        {
            if (await dialog.CountAsync() == 0) return true;
            if (await dialog.GetByText("read them again and decide again").IsVisibleAsync())
                await visit.Button("Save the rule").ClickAsync();
            return false;
        });
    }
}
