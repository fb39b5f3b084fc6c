using Granary.Api.Tests.SignIn;
using Microsoft.Playwright;

namespace Granary.Browser.Tests.Dashboard;

/// <summary>A person signs in at an issuer, and out.</summary>
public sealed class SignInTests(Browser browser)
{
    [Fact]
    public async Task A_person_signs_in_with_the_keyboard_returns_to_the_page_and_signs_out_here_and_at_the_issuer()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Asks = true;
        await using var server = await StartAsync(issuer);
        await using var visit = await Visit.OpenAsync(browser, server, "/runs?sort=name", key: "");
        var page = visit.Page;
        foreach (var width in (int[])[390, 820, 1440])
        {
            await page.SetViewportSizeAsync(width, 900);
            await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Sign in" })).ToBeVisibleAsync();
            (await Axe.ViolationsAsync(page)).ShouldBeEmpty($"at {width}");
            await visit.PictureAsync($"sign-in-{width}");
        }
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue as alice" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(server.Address, "/runs?sort=name").ToString());
        var person = page.GetByRole(AriaRole.Button, new() { Name = "Signed in: alice" });
        await Assertions.Expect(person).ToBeVisibleAsync();
        await visit.SettledAsync();

        // A session that has ended leads to the sign-in, and from there to the page that was open.
        await page.Context.ClearCookiesAsync();
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue as alice" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(server.Address, "/runs?sort=name").ToString());

        await person.ClickAsync();
        await visit.ShowsAsync("alice, with the role submitter");
        (await Axe.ViolationsAsync(page)).ShouldBeEmpty();
        await visit.PictureAsync("signed-in");
        await visit.Button("Sign out").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(server.Address.ToString());
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Sign in" })).ToBeVisibleAsync();
        (await page.Context.CookiesAsync()).ShouldNotContain(c => c.Name == "granary-session");
        visit.Complaints.ShouldNotContain(c => c.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_without_a_role_sees_why()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Claims["roles"] = "guests";
        await using var server = await StartAsync(issuer);
        await using var visit = await Visit.OpenAsync(browser, server, "/", key: "");
        await visit.Page.GotoAsync("/sign-in");
        await visit.ShowsAsync("the claim roles has guests");
        (await Axe.ViolationsAsync(visit.Page)).ShouldBeEmpty();
        await visit.PictureAsync("no-role");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Dashboard" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_dashboard_of_Orleans_takes_the_session_of_an_admin_only()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var silo = await StartAsync(issuer, silo: true, "--orleans-dashboard");
        await using var visit = await Visit.OpenAsync(browser, silo, "/", key: "");
        foreach (var (roles, status) in new[] { (null, 401), ("traders", 403), ("ops", 200) })
        {
            issuer.Claims["roles"] = roles;
            if (roles is not null) await visit.Page.GotoAsync("/sign-in?return=/orleans/");
            (await visit.Page.APIRequest.GetAsync("/orleans/ClusterStats")).Status.ShouldBe(status, roles);
            if (status == 403) await visit.ShowsAsync("You do not have the role admin");
        }
        new Uri(visit.Page.Url).AbsolutePath.ShouldBe("/orleans/");
        await visit.ShowsAsync("Total Activations");
        await visit.PictureAsync("orleans");
    }

    private static async Task<GranaryServer> StartAsync(LocalIssuer issuer, bool silo = false, params string[] more)
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, LocalIssuer.Secret);
        var server = await GranaryServer.StartAsync(silo, ["--oidc-authority", issuer.Address.AbsoluteUri, "--oidc-client-id",
            LocalIssuer.Client, "--oidc-client-secret-file", secret, "--oidc-roles", "traders=submitter;ops=admin", .. more]);
        File.Delete(secret);
        await issuer.AllowAsync(server.Address);
        return server;
    }
}
