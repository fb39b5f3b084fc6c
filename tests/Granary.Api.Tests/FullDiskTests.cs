using System.Net.Http.Json;
using System.Text.Json;
using Granary.Cluster.Client;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Simulation.Json;
using Granary.Testing;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Api.Tests;

/// <summary>The disk of the runs and journals is full while a session trades.</summary>
public sealed class FullDiskTests(SessionsOverHttpTests.Configuration made) : IClassFixture<SessionsOverHttpTests.Configuration>
{
    private static GranaryClient Client(ApiServer server) => new(server.Address.ToString(), null, Eventually.Longest);

    private static async Task<SessionView> InterruptedAsync(GranaryClient client, int attempts) => await Eventually.IsAsync(
        () => client.SessionAsync("full"), v => v.Retry?.Attempts >= attempts || v.Phase != SessionPhase.Running);

    // Trades until the disk is full.
    private async Task FillAsync(GranaryClient client, SmallDisk disk, long free = 0)
    {
        await client.StartSessionAsync(made.Start("full", "fixed:20ms"));
        await Eventually.IsAsync(() => client.SessionAsync("full"), v => v.Status?.Bars > 60);
        disk.Fill(free);
    }

    [Fact]
    public async Task A_session_waits_for_room_is_not_ready_meanwhile_and_trades_on_to_the_digest_of_the_backtest()
    {
        using var disk = SmallDisk.Mount(24);
        await using var server = await ApiServer.StartAsync(folder: disk.Folder, parts: ServerParts.Sessions);
        using var client = Client(server);
        await FillAsync(client, disk);
        var waiting = await InterruptedAsync(client, 2);
        (waiting.Phase, waiting.Status!.State).ShouldBe((SessionPhase.Running, LiveState.WaitingForJournal));
        waiting.Fault.ShouldNotBeNull().ShouldContain("No space left on device");
        using (var ready = await server.Client.GetAsync("/api/v1/health/ready")) ((int)ready.StatusCode).ShouldBe(503);
        disk.MakeRoom();
        var end = await Eventually.IsAsync(() => client.SessionAsync("full"), v => v.Phase != SessionPhase.Running);
        using var backtest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(made.Folder, "run", "results.json")));
        (end.Phase, end.Digest).ShouldBe((SessionPhase.Done, backtest.RootElement.GetProperty("digest").GetString()));
        using var again = await server.Client.GetAsync("/api/v1/health/ready");
        ((int)again.StatusCode).ShouldBe(200, await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_stop_that_cannot_be_stored_is_no_success_and_one_that_was_answered_holds_over_restarts()
    {
        using var disk = SmallDisk.Mount(24);
        long bars;
        await using (var server = await ApiServer.StartAsync(folder: disk.Folder, parts: ServerParts.Sessions))
        {
            using var client = Client(server);
            await FillAsync(client, disk);
            await InterruptedAsync(client, 3);
            // The audit log comes first: without it nothing is changed.
            (await (await StopAsync(server)).ProblemAsync(503)).ShouldContain("nothing is changed");
            (await client.SessionAsync("full")).Phase.ShouldBe(SessionPhase.Running);
            // A command of this process itself, such as that of a deployment, is not audited.
            var sessions = server.Services.GetRequiredService<ISessionService>();
            var stop = new IssuedCommand(SessionCommand.Stop, "Anna", "the disk is full");
            (await Should.ThrowAsync<ServiceUnavailableException>(async () => await sessions.CommandAsync("full", stop))).Message
                .ShouldStartWith("the session stops, but the stop cannot be stored (No space left on device");
            await Eventually.IsAsync(() => client.SessionAsync("full"), v => v.Phase == SessionPhase.Done);
            (await Should.ThrowAsync<ServiceUnavailableException>(async () => await sessions.CommandAsync("full", stop))).Message
                .ShouldStartWith("the state of the session of full cannot be stored (No space left on device");
            disk.MakeRoom();
            bars = (await client.SessionAsync("full")).Status!.Bars;
        }
        await IsOverAsync(disk, bars);
    }

    [Fact]
    public async Task A_stop_that_still_fits_ends_the_session_and_holds_over_restarts()
    {
        using var disk = SmallDisk.Mount(24);
        long bars;
        await using (var server = await ApiServer.StartAsync(folder: disk.Folder, parts: ServerParts.Sessions))
        {
            using var client = Client(server);
            // Enough for the session's small file, not for a journal's space.
            await FillAsync(client, disk, free: 400 << 10);
            await Eventually.IsAsync(() => client.SessionAsync("full"), v => v.Status?.Bars > 100 || v.Retry is not null);
            using var stopped = await StopAsync(server);
            // While the journal tries to grow there may be no room for the result in the audit log. The answer says that the stop holds.
            if ((int)stopped.StatusCode != 200) (await stopped.ProblemAsync(503)).ShouldStartWith("the change was made");
            bars = (await Eventually.IsAsync(() => client.SessionAsync("full"), v => v.Phase != SessionPhase.Running)).Status!.Bars;
        }
        await IsOverAsync(disk, bars);
    }

    private static Task<HttpResponseMessage> StopAsync(ApiServer server) =>
        server.Client.PostAsJsonAsync("/api/v1/sessions/full/commands", new { command = "stop", why = "the disk is full" });

    private static async Task IsOverAsync(SmallDisk disk, long bars)
    {
        disk.MakeRoom();
        await using var server = await ApiServer.StartAsync(folder: disk.Folder, parts: ServerParts.Sessions);
        using var client = Client(server);
        var over = await Eventually.IsAsync(() => client.SessionAsync("full"), v => v.Phase != SessionPhase.Running);
        (over.Phase, over.Restarts).ShouldBe((SessionPhase.Done, over.Restarts));
        over.Status!.Bars.ShouldBe(bars);
    }
}
