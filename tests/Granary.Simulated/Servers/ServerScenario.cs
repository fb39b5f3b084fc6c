using System.Text;
using Granary.Contracts.Jobs;
using Granary.Notifications;
using Granary.Server.Jobs;
using Granary.Simulated.Disks;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Servers;

/// <summary>
/// A server with jobs, budgets, models and notifications, which is killed in any call of the disk and between any two events, loses its
/// power, and has a disk that is full or fails; its callers and the receiver of its notifications lose messages.
/// </summary>
internal sealed class ServerScenario : IScenario
{
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(10), s_notified = TimeSpan.FromHours(30);

    public string Name => "server";

    public int Share => 10;

    public TimeSpan Limit => TimeSpan.FromHours(48);

    public async Task RunAsync(World world)
    {
        var draws = world.Draws.Fork("server");
        var disk = new SimulatedDisk(world)
        {
            KillRate = draws.Rate(0.005),
            FullRate = draws.Rate(0.01),
            FlushFaultRate = draws.Rate(0.01),
            SlowRate = draws.Rate(0.01),
        };
        var model = new ServerModel();
        var receiver = new Receiver(world, disk, draws.Fork("receiver"), draws.Rate(0.3), draws.Rate(0.5));
        var machine = new ServerMachine(world, disk, model, receiver, draws.Fork("machine"))
        {
            KillRate = draws.Rate(0.02),
            LossRate = draws.Rate(0.2),
            CutRate = draws.Chance(0.5) ? draws.Unit() : 0,
            MostBetweenStops = draws.Between(TimeSpan.FromSeconds(20), TimeSpan.FromHours(1)),
        };
        world.Outside.Run(machine.RunAsync);
        world.Outside.Run(machine.StopsAsync);
        var clients = Enumerable.Range(0, draws.Between(1, 2)).Select(i =>
            new ServerClient(world, machine, model, $"c{i}", draws.Fork($"client {i}")).RunAsync(draws.Between(1, 4))).ToList();
        await world.Outside.WaitAsync(draws.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)), "faults end").ConfigureAwait(false);
        world.Faults.AreOver = true;
        await world.Outside.WaitAsync(s_rest, "rest").ConfigureAwait(false);
        Oracle.Demand(clients.TrueForAll(c => c.IsCompleted), "rest", $"callers still wait {s_rest} after the last fault");
        foreach (var client in clients) await client.ConfigureAwait(false);
        var server = machine.Current!;
        Oracle.Demand(!server.Process.IsDead, "rest", $"the server does not run");
        await CheckJobsAsync(server, model, disk, world).ConfigureAwait(false);
        model.Compare(disk.Of(world.Outside));
        await CheckNotificationsAsync(world, server, receiver).ConfigureAwait(false);
    }

    private static async Task CheckJobsAsync(SimulatedServer server, ServerModel model, SimulatedDisk disk, World world)
    {
        model.Compare(id => server.Jobs.FindAsync(id).Result);
        var jobs = (await server.Jobs.ListAsync(new JobQuery(1000)).ConfigureAwait(false)).Items;
        var files = disk.Of(world.Outside);
        foreach (var job in jobs)
        {
            Oracle.Demand(job.Ended, "jobs end", $"{job.Id} is {job.State}");
            if (job.State == JobState.Failed) Oracle.Demand(job.Fault is { Length: > 0 }, "jobs say why", $"{job.Id} has no reason");
            if (job.State != JobState.Done) continue;
            var path = $"{SimulatedServer.Runs}/{job.Id}/results.json";
            Oracle.Demand(files.FileExists(path) && Encoding.UTF8.GetString(files.ReadAllBytes(path)) == job.Digest, "results are whole",
                $"{job.Id} is done, and its results are not on the disk");
        }
        foreach (var twice in jobs.GroupBy(j => j.Name).Where(g => g.Count() > 1))
            throw new OracleException("one job for a key", $"{string.Join(", ", twice.Select(j => $"{j.Id} ({j.State})"))}");
    }

    private static async Task CheckNotificationsAsync(World world, SimulatedServer server, Receiver receiver)
    {
        for (var waited = TimeSpan.Zero; waited < s_notified && Pending(server) > 0; waited += TimeSpan.FromMinutes(10))
            await world.Outside.WaitAsync(TimeSpan.FromMinutes(10), "waits for notifications").ConfigureAwait(false);
        Oracle.Demand(Pending(server) == 0, "notifications end", $"{Pending(server)} are pending {s_notified} after the last fault");
        var deliveries = server.Outbox.List().ToDictionary(d => d.Id);
        foreach (var (id, attempts) in receiver.Attempts)
            Oracle.Demand(attempts <= Outbox.MostAttempts, "attempts have a limit", $"{id} was sent {attempts} times");
        foreach (var job in (await server.Jobs.ListAsync(new JobQuery(1000)).ConfigureAwait(false)).Items)
        {
            if (job.State is not (JobState.Done or JobState.Failed)) continue;
            var id = $"{SimulatedServer.NotificationOf(job).Id}-hook";
            Oracle.Demand(deliveries.TryGetValue(id, out var delivery), "ends are notified", $"{job.Id} ended without a notification");
            Oracle.Demand(delivery!.State == DeliveryState.Dead || receiver.Received.GetValueOrDefault(id) > 0, "delivered at least once",
                $"{job.Id}: the delivery is {delivery.State}, and nothing was received");
        }
    }

    private static int Pending(SimulatedServer server) => server.Outbox.List().Count(d => d.State == DeliveryState.Pending);
}
