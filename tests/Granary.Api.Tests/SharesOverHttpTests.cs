using System.Net;
using System.Net.Http.Json;
using Granary.Api.Shares;
using Granary.Contracts.Runs;
using Granary.Server.Access;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

/// <summary>Links that open one run without a key.</summary>
public sealed class SharesOverHttpTests(SessionsOverHttpTests.Configuration made) : IClassFixture<SessionsOverHttpTests.Configuration>
{
    [Fact]
    public async Task A_link_opens_the_files_of_its_run_and_nothing_else_until_the_secret_is_rotated()
    {
        var file = Path.Combine(made.Folder, "keys.json");
        var admin = await ApiKeys.AddAsync(file, "admin", Role.Admin, TimeProvider.System);
        var clock = new ManualClock();
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(file), folder: made.Folder,
            add: services => services.AddSingleton<TimeProvider>(clock));
        using var client = server.As(admin);
        using var answer = await client.PostAsJsonAsync("/api/v1/runs/run/shares", new { days = 3 });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var share = await answer.ReadAsync<Share>();
        share.ExpiresAt.ShouldBe(clock.GetUtcNow().AddDays(3));

        using var report = await server.Client.GetAsync(share.Url);
        (report.StatusCode, report.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "text/html"));
        (await server.Client.GetStringAsync(share.Url + "/results.json")).ShouldContain("\"digest\"");
        foreach (var wrong in new[] { share.Url[..^1], share.Url + "x", share.Url + "/..%2f..%2fkeys.json", share.Url + "/.submission",
            "/api/v1/shared/AAAA", "/api/v1/shared/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
            await (await server.Client.GetAsync(wrong)).ProblemAsync(404);
        await (await server.Client.GetAsync("/api/v1/runs/run")).ProblemAsync(401);
        await (await client.PostAsJsonAsync("/api/v1/runs/run/shares", new { days = 0 })).ProblemAsync(400);
        await (await client.PostAsJsonAsync("/api/v1/runs/other/shares", new { })).ProblemAsync(404);

        (await client.PostAsync("/api/v1/shares/rotate", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await server.Client.GetAsync(share.Url)).ProblemAsync(404);
    }

    [Fact]
    public async Task A_viewer_opens_the_report_by_a_link_that_is_valid_for_a_minute()
    {
        var file = Path.Combine(made.Folder, "viewers.json");
        var viewer = await ApiKeys.AddAsync(file, "screen", Role.Viewer, TimeProvider.System);
        var clock = new ManualClock();
        await using var server = await ApiServer.StartAsync(ApiKeys.Open(file), folder: made.Folder,
            add: services => services.AddSingleton<TimeProvider>(clock));
        using var client = server.As(viewer);
        using var answer = await client.PostAsync("/api/v1/runs/run/report-link", null);
        var link = await answer.ReadAsync<Share>();
        link.ExpiresAt.ShouldBe(clock.GetUtcNow().AddMinutes(1));
        clock.Advance(TimeSpan.FromSeconds(59));
        using (var report = await server.Client.GetAsync(link.Url)) report.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var name in (string[])["manifest.json", "results.json", "trades.csv", "prod.json"])
            (await (await server.Client.GetAsync($"{link.Url}/{name}")).ProblemAsync(404)).ShouldContain("opens only the report");
        clock.Advance(TimeSpan.FromSeconds(1));
        await (await server.Client.GetAsync(link.Url)).ProblemAsync(404);
        using var unknown = await client.PostAsync("/api/v1/runs/nothing/report-link", null);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_link_ends_at_its_expiry()
    {
        var clock = new ManualClock();
        var signer = new ShareSigner(Path.Combine(made.Folder, "secret-of-a-test", "secret"), clock);
        var token = signer.Sign("run", clock.GetUtcNow().AddDays(1), opensFiles: true);
        signer.RunOf(token).ShouldBe(("run", true));
        clock.Advance(TimeSpan.FromDays(1));
        signer.RunOf(token).ShouldBeNull();
    }
}
